"""Locking what there is to solve, several solves at a time.

Nothing depends on which solve is done first. Answers and findings come in the order of the solves. A solve sees what
the old lock has, and of this run only what was found for this machine's platforms, which come first in each
environment.
"""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from interlock.builds.recipes.errors import NotHereError
from interlock.core.cores import usable_cores
from interlock.core.platforms import current_platform
from interlock.engines.threads import in_order
from interlock.lock.moves import STILL, Moves
from interlock.pipeline import locking
from interlock.pipeline.beliefs import Earlier
from interlock.pipeline.indexed import require_indexed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from interlock.lock.model import Lock
    from interlock.plugins.manager import Plugins
    from interlock.project.opening import Project
    from interlock_hooks.types import FindingReported, LockedEnvironment, Solve

# An answer, or why this machine cannot have one, which is no reason to give up the others.
Outcome = locking.Locking | NotHereError
# With more solves than that at a time, they would wait for servers, and fill the memory.
_MOST = 8


@dataclass(frozen=True, slots=True)
class _Run:
    """A solve, what it begins with, what comes of it, and the findings that were reported meanwhile."""

    solve: Solve
    earlier: Mapping[str, Earlier]
    outcome: Future[Outcome] = field(default_factory=Future)
    held: list[FindingReported] = field(default_factory=list)


def answers(
    project: Project, solves: Sequence[Solve], *, near: Lock, lock: Lock, moves: Moves = STILL
) -> Iterator[Outcome]:
    """What comes of solves, in their order; versions of ``near`` are preferred, and ``lock`` is what is locked by now.

    Of what ``moves``, versions are not preferred.

    Raises :class:`InterlockError` for the first solve, in their order, that fails; what comes after it is given up.
    """
    plugins = project.plugins
    require_indexed([solve.request for solve in solves], plugins)
    workers = min(workers_for(solves, plugins), len(solves))
    runs: list[_Run] = []
    for solve in solves:
        here = [run for run in runs if _is_here(run.solve)]
        runs.append(_Run(solve, _earlier(solve, near, lock, here, moves)))
    with closing(in_order(partial(_lock, project, workers > 1), runs, workers=workers)) as found:
        for run in runs:
            try:
                outcome = _next(found, run, plugins)
            except locking.UnsolvedError as unsolved:
                # Nothing else runs any more: what explains it has the whole machine, and its limit of time.
                locking.explain(unsolved, plugins)
            yield outcome


def _next(found: Iterator[Outcome], run: _Run, plugins: Plugins) -> Outcome:
    """The next outcome, or failure, after the findings that were held back for it."""
    try:
        return next(found)
    finally:
        for event in run.held:
            plugins.event(event)


def _lock(project: Project, others: bool, run: _Run) -> Outcome:
    plugins = project.plugins
    with plugins.held_back(run.held) if others else nullcontext():
        outcome: Outcome
        try:
            outcome = locking.lock_solve(run.solve, plugins, project.layout, earlier=run.earlier)
        except NotHereError as error:
            outcome = error
        except BaseException as error:
            run.outcome.set_exception(error)
            raise
    run.outcome.set_result(outcome)
    return outcome


def workers_for(solves: Sequence[Solve], plugins: Plugins) -> int:
    """How many solves to work on at a time: as many as there are cores, or jobs if the manifest wants fewer."""
    if not plugins.thread_safe:
        return 1
    cores = usable_cores()
    return min(_MOST, cores, *(solve.request.build.jobs or cores for solve in solves))


def _earlier(solve: Solve, near: Lock, lock: Lock, here: Sequence[_Run], moves: Moves) -> Mapping[str, Earlier]:
    """What is known of each member of a solve; answers of ``here`` are waited for when they are wanted.

    They have begun before, and wait for nothing.
    """
    return {
        name: Earlier(previous=near.get(name, solve.target), siblings=partial(_siblings, name, lock, here), moves=moves)
        for name in solve.names
    }


def _siblings(name: str, lock: Lock, here: Sequence[_Run]) -> tuple[LockedEnvironment, ...]:
    entry = lock.entry(name)
    known = {each.environment.platform: each.environment for each in entry.platforms} if entry else {}
    for run in here:
        if name in run.solve.names and isinstance(found := run.outcome.result(), locking.Locking):
            known |= {each.platform: each for each in found.locked if each.name == name}
    return tuple(known[platform] for platform in sorted(known))


def _is_here(solve: Solve) -> bool:
    return solve.request.platform == current_platform()
