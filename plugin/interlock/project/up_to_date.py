"""Whether the lock of a project is up to date: with the manifest, files it names, and what builds have shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.named_files import replaced_files
from interlock.install.fresh import OVERRIDE_PREFIX, conda_overrides
from interlock.lock.digest import local_sources, locked_digest, solve_digests
from interlock.lock.findings import missing, outdated
from interlock.project.platforms import platform_here
from interlock.solve.members import agree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from interlock.lock.model import Lock
    from interlock.project.described import LockState
    from interlock.project.opening import Project
    from interlock_hooks.types import EnvironmentRequest, Finding, Solve


def lock_state(project: Project, lock: Lock | None, name: str, platform: str | None = None) -> LockState:
    """Whether a lock matches the manifest for an environment on a platform, by default as on this machine."""
    if lock is None:
        return "missing"
    solve = project.workspace.solve(name, platform or platform_here(project, name))
    return "current" if _is_current(lock, solve.member(name), digests_of(solve)[name]) else "outdated"


def first_outdated(lock: Lock, solve: Solve, digests: Mapping[str, str], *, learning: bool) -> str | None:
    """The first environment of a solve with these ``digests`` that is not locked for it, ``None`` if all are.

    With ``learning``, what is locked with something that a build has refuted does not count.
    """
    found = (
        each.name
        for each in solve.members
        if not _is_current(lock, each, digests[each.name]) or (learning and _is_refuted(lock, each))
    )
    if (name := next(found, None)) is not None:
        return name
    # A merge of two locks can bring versions together that were never solved together.
    locked = [known for name in solve.names if (known := lock.get(name, solve.target))]
    return None if agree(locked) else solve.names[0]


def refusal(project: Project, lock: Lock, name: str, platform: str) -> Finding:
    """Why a lock cannot be used for an environment on a platform: IL605 if it does not cover it, else IL606."""
    path, known, locked = project.layout.lock_file, lock.platforms(name), lock.get(name, platform)
    if locked is None:
        return missing(path, name, platform, known=known)
    request = project.workspace.request(name, platform)
    return outdated(
        path,
        name,
        platform,
        others=_solved_with(project, name),
        replaced=tuple(replaced_files(request, locked)),
        sources=local_sources(request, locked),
        whole=lock.is_whole(name, platform),
    )


def _solved_with(project: Project, name: str) -> tuple[str, ...]:
    """The other environments of the solve group of an environment."""
    declared = project.workspace.environments
    group = declared[name].solve_group
    return tuple(other for other, each in declared.items() if group and each.solve_group == group and other != name)


def digests_of(solve: Solve) -> dict[str, str]:
    """The digest of what each member of a solve asks for here: variables that override virtual packages count."""
    return solve_digests(solve, conda_overrides=_overrides(solve.request))


def _is_current(lock: Lock, request: EnvironmentRequest, digest: str) -> bool:
    """Whether a lock holds the answer to a request with that digest."""
    locked = lock.get(request.name, request.target)
    if locked is None or not lock.is_current(request.name, request.target, locked_digest(digest, request, locked)):
        return False
    return next(replaced_files(request, locked), None) is None


def _is_refuted(lock: Lock, request: EnvironmentRequest) -> bool:
    """Whether a build on this machine has shown that what a lock believes of a package is wrong."""
    locked = lock.get(request.name, request.target)
    sdists = [each for each in locked.resolution.packages if each.needs_build] if locked else []
    if not locked or not sdists:
        return False
    # Imported here: most environments have nothing to build.
    from interlock.builds.store.refuted import find_refuted

    resolution = locked.resolution
    return any(
        find_refuted(each.artifact, resolution.python, request.root).contradicts(resolution.metadata_of(each))
        for each in sdists
    )


def _overrides(request: EnvironmentRequest) -> dict[str, str]:
    """``CONDA_OVERRIDE_*`` variables that take part in the solve: those of which the manifest says nothing."""
    declared = {requirement.name.removeprefix("__").upper() for requirement in request.system_requirements}
    return {
        name: value for name, value in conda_overrides().items() if name.removeprefix(OVERRIDE_PREFIX) not in declared
    }
