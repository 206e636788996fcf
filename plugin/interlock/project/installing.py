"""Installing an environment of a project from its lock."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from interlock.core.codes import SOURCE_CHANGED
from interlock.core.platforms import current_platform
from interlock.install.options import InstallOptions
from interlock.project.findings.environments import other_platform
from interlock.project.install_inputs import install_inputs
from interlock.project.lock_file import read_lock, write_lock
from interlock.project.locking import LockMode, LockOutcome, lock_all, lock_for
from interlock.project.looking_up import graph_record
from interlock.project.named_sources import what_to_follow
from interlock.project.platforms import chosen_platform, platform_here
from interlock_hooks.types import Finding, FindingReported, InterlockError, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from interlock.lock.model import Lock
    from interlock.project.opening import Project
    from interlock_hooks.types import Environment, EnvironmentRequest, LockedEnvironment


__all__ = ["InstallOptions", "InstallOutcome", "install"]


@dataclass(frozen=True, slots=True)
class InstallOutcome:
    """An environment that is what the manifest says; ``relocked`` tells whether the lock was written for it."""

    environment: Environment
    changed: bool
    relocked: bool
    findings: tuple[Finding, ...] = ()


def install(
    project: Project,
    name: str,
    *,
    report: Callable[[Environment], Mapping[str, Any]],
    mode: LockMode = LockMode.UPDATE,
    platform: str | None = None,
    options: InstallOptions = InstallOptions(),
    told: Sequence[Finding] = (),
) -> InstallOutcome:
    """Update the lock, then create or update the prefix of an environment from it.

    ``report`` tells what was made as JSON-ready data, which the next install shows again if it finds nothing to do.
    ``platform`` is one of the environment's that is chosen for this machine, and remembered in the prefix. ``options``
    are what the user asks of the install. What the lock is warned of is told before anything is fetched for the
    prefix, after the findings ``told``.

    Raises :class:`InterlockError`; the earlier environment and lock stay usable unless linking had begun, and then the
    next install goes on from there.
    """
    # An environment that cannot be here is refused before anything is solved.
    request = project.workspace.request(name, platform or platform_here(project, name))
    if request.platform != current_platform():
        raise InterlockError(other_platform(name, request.target, request.platform))
    # A platform that was chosen once stays, until another one is.
    chosen = request.target if platform else chosen_platform(project, name)
    outcome = lock_for(project, mode)
    try:
        return _follow(project, request, outcome, report=report, mode=mode, chosen=chosen, options=options, told=told)
    except InterlockError as error:
        if mode is not LockMode.UPDATE or all(finding.code != SOURCE_CHANGED for finding in error.findings):
            raise
        renewed = lock_all(project, renew=name)
        if renewed.lock == outcome.lock:
            raise
    return _follow(project, request, renewed, report=report, mode=mode, chosen=chosen, options=options, told=told)


def _follow(
    project: Project,
    request: EnvironmentRequest,
    outcome: LockOutcome,
    *,
    report: Callable[[Environment], Mapping[str, Any]],
    mode: LockMode,
    chosen: str | None,
    options: InstallOptions,
    told: Sequence[Finding],
) -> InstallOutcome:
    """Make the prefix what the lock says."""
    from interlock.pipeline.installing import installation
    from interlock.pipeline.recipes import with_packages_here

    locked = what_to_follow(project, outcome.lock, request)
    others = (replace(finding, severity=Severity.WARNING) for finding in outcome.refused)
    for finding in (*told, *outcome.findings, *others):
        project.plugins.event(FindingReported(finding=finding))
    here, rebuilt = with_packages_here(locked, request, project.plugins, project.layout)
    lock_read_at, kept = 0, outcome.lock

    with installation(
        here,
        request,
        project.plugins,
        project.layout,
        together=project.workspace.together(request.name, request.target),
        inputs=lambda: install_inputs(project, request, locked, lock_read_at=lock_read_at),
        report=report,
        graph=lambda: graph_record(project, kept, request),
        frozen=mode is LockMode.FROZEN,
        chosen=chosen,
        options=options,
    ) as done:
        # Before the install is declared complete: the lock is one of the inputs that it is compared with from then on.
        answer = replace(done.environment.locked, conda=locked.conda)
        kept = lock = _taught(outcome.lock, answer) if mode is LockMode.UPDATE else outcome.lock
        learned, now = False, time.time_ns()
        # Another command may have written a lock while this one installed: it stays, and the next install follows it.
        if read_lock(project) == outcome.lock:
            learned = lock != outcome.lock and write_lock(project, lock, before=outcome.lock)
            lock_read_at = time.time_ns() if learned else now
    return InstallOutcome(done.environment, done.changed, outcome.changed or learned, (*rebuilt, *done.findings))


def _taught(lock: Lock, answer: LockedEnvironment) -> Lock:
    """The lock with what the builds taught: what they imported and which requirements were discovered."""
    old = lock.entry(answer.name)
    known = None if old is None else old.get(answer.platform)
    if old is None or known is None or known.environment == answer:
        return lock
    return lock.with_environment(answer, digest=known.digest, indexes=old.indexes, find_links=old.find_links)
