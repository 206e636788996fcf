"""Updating the lock of a project."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, NoReturn

from interlock.builds.recipes.errors import NotHereError
from interlock.core.platforms import current_platform
from interlock.lock.digest import locked_digest
from interlock.lock.model import Lock
from interlock.project.findings.locks import left_out
from interlock.project.lock_file import read_lock, write_lock
from interlock.project.motion import STANDSTILL, Motion
from interlock.project.other_locks import preferences
from interlock.project.up_to_date import digests_of, first_outdated, refusal
from interlock_hooks.types import Finding, InterlockError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from interlock.pipeline.locking import Locking
    from interlock.project.opening import Project
    from interlock_hooks.types import EnvironmentRequest, LockedEnvironment, Solve


class LockMode(Enum):
    """What a command may do with the lock: renew it where needed, only compare it, or take it as it is."""

    UPDATE = "update"
    LOCKED = "locked"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class LockOutcome:
    """A lock that is up to date; ``changed`` tells whether it differs from the one before, which was replaced by it.

    ``refused`` says why environments are left out: they contain something that cannot be had. ``before`` is the lock
    that solving began with, ``None`` if there was none.
    """

    lock: Lock
    changed: bool
    findings: tuple[Finding, ...] = ()
    refused: tuple[Finding, ...] = ()
    before: Lock | None = None


def lock_mode(*, locked: bool, frozen: bool) -> LockMode:
    """The mode that the options ``--locked`` and ``--frozen`` select."""
    return LockMode.LOCKED if locked else LockMode.FROZEN if frozen else LockMode.UPDATE


def locked_now(project: Project, request: EnvironmentRequest) -> LockedEnvironment | None:
    """What the project's lock has for an environment on a platform, up to date or not; ``None`` if it has nothing."""
    lock = read_lock(project)
    return None if lock is None else lock.get(request.name, request.target)


def lock_all(project: Project, *, mode: LockMode = LockMode.UPDATE, renew: str | None = None) -> LockOutcome:
    """Update the lock for every environment and platform; see :func:`solve_all`.

    The file is written once, at the end, so that a failure leaves the old one. If another command wrote it meanwhile,
    what is still missing then is solved.
    """
    outcome = solve_all(project, mode=mode, renew=renew)
    if outcome.changed and read_lock(project) not in (outcome.before, outcome.lock):
        outcome = solve_all(project, mode=mode, renew=renew)
    changed = outcome.changed and write_lock(project, outcome.lock, before=outcome.before)
    return replace(outcome, changed=changed)


def solve_all(
    project: Project, *, mode: LockMode = LockMode.UPDATE, renew: str | None = None, motion: Motion = STANDSTILL
) -> LockOutcome:
    """The lock as it has to be for every environment and platform; nothing is written.

    Only outdated parts are solved, those that believe what a build has refuted, and the environment ``renew``; versions
    of the old lock are preferred, and where there is none those of other tools' locks. With :attr:`LockMode.LOCKED`
    nothing is solved, and IL605 or IL606 is raised where the lock is out of date. An environment that the manifest asks
    for but that contains something that cannot be had is left out, see :attr:`LockOutcome.refused`. With a ``motion``,
    what contains something that moves is solved as well, and what the motion does not cover stays as it is.
    """
    known = read_lock(project)
    old = known or Lock()
    lock = old if motion.is_limited else old.keeping(frozenset(project.workspace.environments))
    findings: list[Finding] = list(project.workspace.findings)
    learning = mode is LockMode.UPDATE
    solves, refused = _solves(project)
    solves = [solve for solve in solves if motion.covers(solve)]
    near = old
    if known is None and mode is not LockMode.LOCKED:
        near, told = preferences(project.layout.root, [member for solve in solves for member in solve.members])
        findings += told
    wanted: list[tuple[Solve, dict[str, str]]] = []
    for solve in solves:
        # Of the files as they are before anything is solved: one that changes meanwhile makes the lock outdated.
        digests = digests_of(solve)
        renewed = renew if renew in solve.names else motion.moved_in(lock, solve)
        outdated = renewed or first_outdated(lock, solve, digests, learning=learning)
        if outdated is None:
            continue
        if mode is LockMode.LOCKED:
            try:
                _refuse(project, lock, outdated, solve)
            except NotHereError as error:
                refused += _left_out(solve, error)
                continue
        wanted.append((solve, digests))
    if wanted:
        # Imported here: most locks are up to date.
        from interlock.project.solving import answers

        found = answers(project, [solve for solve, _ in wanted], near=near, lock=lock, moves=motion.moves)
        for (solve, digests), answer in zip(wanted, found, strict=True):
            if isinstance(answer, NotHereError):
                refused += _left_out(solve, answer)
                continue
            findings += answer.findings
            lock = _with_answers(lock, solve, answer, digests)
    return LockOutcome(lock, lock != old, tuple(findings), refused, known)


def answered(project: Project, lock: Lock, *, earlier: Project) -> Lock:
    """A lock for a project that now limits what it asked for earlier, to nothing that excludes what is locked.

    What was up to date ``earlier`` stays, and counts as the answer to what the manifest asks for now.
    """
    for solve in _solves(project)[0]:
        asked = earlier.workspace.solve(solve.names[0], solve.target)
        if first_outdated(lock, asked, digests_of(asked), learning=False) is not None:
            continue
        digests = digests_of(solve)
        for member in solve.members:
            locked = lock.get(member.name, solve.target)
            if locked is not None:
                lock = _with_answer(lock, solve, member, locked, digests)
    return lock


def _refuse(project: Project, lock: Lock, name: str, solve: Solve) -> NoReturn:
    """Say that the lock is out of date, or why there can be none for this platform here (:class:`NotHereError`)."""
    from interlock.pipeline.recipes import require_buildable_here

    if lock.get(name, solve.target) is None:
        require_buildable_here(solve)
    raise InterlockError(refusal(project, lock, name, solve.target))


def _left_out(solve: Solve, error: NotHereError) -> tuple[Finding, ...]:
    targets = [(name, solve.target) for name in solve.names]
    return tuple(left_out(finding, targets) for finding in error.findings)


def lock_for(project: Project, mode: LockMode) -> LockOutcome:
    """The lock that a command works from: updated, compared, or with :attr:`LockMode.FROZEN` as it is."""
    if mode is LockMode.FROZEN:
        known = read_lock(project)
        return LockOutcome(known or Lock(), changed=False, findings=project.workspace.findings, before=known)
    return lock_all(project, mode=mode)


def _with_answers(lock: Lock, solve: Solve, answer: Locking, digests: Mapping[str, str]) -> Lock:
    for member, locked in zip(solve.members, answer.locked, strict=True):
        lock = _with_answer(lock, solve, member, locked, digests)
    return lock


def _with_answer(
    lock: Lock, solve: Solve, member: EnvironmentRequest, locked: LockedEnvironment, digests: Mapping[str, str]
) -> Lock:
    return lock.with_environment(
        locked,
        digest=locked_digest(digests[member.name], member, locked),
        indexes=solve.request.pypi.indexes,
        find_links=solve.request.pypi.find_links,
    )


def _solves(project: Project) -> tuple[list[Solve], tuple[Finding, ...]]:
    """What there is to solve, and why some of what the manifest declares cannot be."""
    found: dict[tuple[str, str], Solve] = {}
    refused: dict[Finding, list[tuple[str, str]]] = {}
    for name, platform in _targets(project):
        if (name, platform) in found:
            continue
        try:
            project.workspace.request(name, platform)
        except InterlockError as error:
            for finding in error.findings:
                refused.setdefault(finding, []).append((name, platform))
            continue
        # What contradicts itself in a group is nobody's own fault: it is told, and nothing is solved.
        solve = project.workspace.solve(name, platform)
        found.update({(member, platform): solve for member in solve.names})
    solves = list({id(solve): solve for solve in found.values()}.values())
    return solves, tuple(left_out(finding, targets) for finding, targets in refused.items())


def _targets(project: Project) -> list[tuple[str, str]]:
    """Every environment on every platform that it supports, this machine's platforms first: they matter most."""
    here = current_platform()
    found = []
    for name in project.workspace.environments:
        platforms = sorted(project.workspace.platforms_of(name), key=lambda platform: platform.subdir != here)
        found += [(name, platform.name) for platform in platforms]
    return found
