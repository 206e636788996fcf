"""Installing an environment of a project from its lock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from interlock.core.codes import SOURCE_CHANGED
from interlock.core.named_files import named_files
from interlock.core.platforms import current_platform
from interlock.core.recipes import source_trees, sources_of
from interlock.core.sources import deciding_files
from interlock.core.urls import local_path
from interlock.manifest.dialects.uv_workspace import possible_roots
from interlock.project.findings import other_platform
from interlock.project.locking import LockMode, LockOutcome, lock_all, lock_for, refusal, write_lock
from interlock.project.platforms import chosen_platform, platform_here
from interlock_hooks.types import Finding, InterlockError, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from interlock.lock.model import Lock
    from interlock.project.opening import Project
    from interlock_hooks.types import Environment, EnvironmentRequest, LockedEnvironment


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
) -> InstallOutcome:
    """Update the lock, then create or update the prefix of an environment from it.

    ``report`` tells what was made as JSON-ready data, which the next install shows again if it finds nothing to do.
    ``platform`` is one of the environment's that is chosen for this machine, and remembered in the prefix.

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
        return _follow(project, request, outcome, report=report, mode=mode, chosen=chosen)
    except InterlockError as error:
        if mode is not LockMode.UPDATE or all(finding.code != SOURCE_CHANGED for finding in error.findings):
            raise
        renewed = lock_all(project, renew=name)
        if renewed.lock == outcome.lock:
            raise
    return _follow(project, request, renewed, report=report, mode=mode, chosen=chosen)


def _follow(
    project: Project,
    request: EnvironmentRequest,
    outcome: LockOutcome,
    *,
    report: Callable[[Environment], Mapping[str, Any]],
    mode: LockMode,
    chosen: str | None,
) -> InstallOutcome:
    """Make the prefix what the lock says."""
    from interlock.pipeline.installing import installation
    from interlock.pipeline.recipes import with_packages_here

    locked = outcome.lock.get(request.name, request.target)
    if locked is None:
        raise InterlockError(refusal(project, outcome.lock, request.name, request.target))
    here, rebuilt = with_packages_here(locked, request, project.plugins, project.layout)
    with installation(
        here,
        request,
        project.plugins,
        project.layout,
        inputs=_inputs(project, request, locked),
        read_at=project.read_at,
        report=report,
        frozen=mode is LockMode.FROZEN,
        chosen=chosen,
    ) as done:
        # Before the install is declared complete: the lock is one of the inputs that it is compared with from then on.
        answer = replace(done.environment.locked, conda=locked.conda)
        learned = mode is LockMode.UPDATE and _relock(project, outcome.lock, answer)
    others = (replace(finding, severity=Severity.WARNING) for finding in outcome.refused)
    told = (*outcome.findings, *others, *rebuilt, *done.findings)
    return InstallOutcome(done.environment, done.changed, outcome.changed or learned, told)


def _relock(project: Project, lock: Lock, answer: LockedEnvironment) -> bool:
    """Record in the lock what the builds taught: what they imported and which requirements were discovered."""
    old = lock.entry(answer.name)
    known = None if old is None else old.get(answer.platform)
    if old is None or known is None or known.environment == answer:
        return False
    renewed = lock.with_environment(answer, digest=known.digest, indexes=old.indexes, find_links=old.find_links)
    return write_lock(project, renewed)


def _inputs(project: Project, request: EnvironmentRequest, locked: LockedEnvironment) -> tuple[Path, ...]:
    """The files that decide what an install does; if none of them changed, there is nothing to do."""
    trees = [tree for source in sources_of(request.conda_specs) for tree in source_trees(source)]
    for package in (*locked.resolution.packages, *(tool for plan in locked.plans for tool in plan.overlay)):
        artifact = package.artifact
        if artifact.kind == "directory":
            folder = local_path(artifact.url)
            # What is imported from an editable directory changes by itself; only what is built from it matters.
            trees += deciding_files(folder / (artifact.subdirectory or "")) if artifact.editable else [folder]
    # Whoever becomes a member of uv's workspace, or leaves one, has other settings.
    roots = possible_roots(project.workspace.manifest)
    return (*project.workspace.files, *roots, project.layout.lock_file, *trees, *named_files(request, locked))
