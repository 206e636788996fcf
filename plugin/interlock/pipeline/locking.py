"""Locking: from what is solved together to locked environments, through the hooks of solve, resolve and plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from interlock.pipeline.answering import Locker
from interlock.pipeline.beliefs import Earlier
from interlock.pipeline.recipes import with_built_sources
from interlock.pipeline.steps import logged_in_for, stop_on_errors, tell_warnings
from interlock.pipeline.time_limits import at_this_moment
from interlock.resolve.exclusions import left_out
from interlock.solve.members import joined
from interlock_hooks.types import Finding, InterlockError, LockedEnvironment, Solve

if TYPE_CHECKING:
    from interlock.core.layout import Layout
    from interlock.pipeline.answering import Answer
    from interlock.plugins.manager import Plugins
    from interlock.resolve.joint.search import Joint


@dataclass(frozen=True, slots=True)
class Locking:
    """The answers of a solve, one for each of its members, with the warnings and notes that came up."""

    locked: tuple[LockedEnvironment, ...]
    findings: tuple[Finding, ...] = ()


class UnsolvedError(InterlockError):
    """A ``solve`` ended with an ``error``, which nobody has explained yet."""

    def __init__(self, solve: Solve, error: InterlockError) -> None:
        super().__init__(*error.findings)
        self.solve = solve
        self.error = error


def explain(unsolved: UnsolvedError, plugins: Plugins) -> NoReturn:
    """Raise the error with which a solve ended as the user is to see it: explained, if there is no solution."""
    from interlock.pipeline.explaining import explained  # only needed here
    from interlock.pipeline.members import told_by_member
    from interlock.pipeline.sought import answers_without

    solve, error = unsolved.solve, unsolved.error
    why = explained(error, solve.request, plugins)
    notes = tuple(answers_without(error, solve.request))
    told = told_by_member(InterlockError(*why.findings, *notes) if notes else why, solve)
    # An error that needs no explanation comes back as it is, and must not become its own cause.
    raise told from (error.__cause__ if told is error else error)


def lock_solve(solve: Solve, plugins: Plugins, layout: Layout, *, earlier: Mapping[str, Earlier]) -> Locking:
    """Solve conda and PyPI together, and plan every build; versions of ``earlier`` locks are kept where they fit.

    The environments of a group get their parts of one answer, and builds of their own. Conda packages from sources are
    built first, see :func:`with_built_sources`. Raises :class:`UnsolvedError` when the request cannot be satisfied,
    else :class:`InterlockError`.
    """
    with logged_in_for(solve.request):
        return _locking(solve, plugins, layout, earlier)


def _locking(solve: Solve, plugins: Plugins, layout: Layout, earlier: Mapping[str, Earlier]) -> Locking:
    solve = at_this_moment(with_built_sources(solve, plugins, layout))
    of_members = [earlier.get(name, Earlier()) for name in solve.names]
    locker = Locker(solve.request, plugins, layout, _together(solve, of_members))
    try:
        joint, notes = locker.solve()
    except InterlockError as error:
        raise UnsolvedError(solve, error) from error
    notes += left_out(joint.resolution)
    if solve.group is None:
        answers = [locker.answer(joint.conda, joint.resolution, notes)]
    else:
        stop_on_errors(notes)
        tell_warnings(joint.resolution, plugins)
        lockers = [
            Locker(member, plugins, layout, each, solve.group)
            for member, each in zip(solve.members, of_members, strict=True)
        ]
        answers = [_part(each, solve, joint, plugins) for each in lockers]
    findings = dict.fromkeys(finding for answer in answers for finding in answer.findings)
    return Locking(tuple(answer.locked for answer in answers), (*notes, *findings))


def _part(locker: Locker, solve: Solve, joint: Joint, plugins: Plugins) -> Answer:
    """The part of the answer to a group that belongs to one environment, complete."""
    # Imported here: most environments are solved alone.
    from interlock.pipeline.members import part_of

    part = part_of(locker.request, solve, joint.conda, joint.resolution, plugins)
    return locker.answer(part.conda, part.resolution)


def _together(solve: Solve, members: Sequence[Earlier]) -> Earlier:
    """The earlier locks of a whole solve."""
    if solve.group is None:
        return members[0]
    previous = joined(solve.request.name, [each.previous for each in members if each.previous])
    return Earlier(
        previous=previous,
        siblings=lambda: tuple(sibling for each in members for sibling in each.siblings()),
        moves=members[0].moves,
    )
