"""Whether the lock of a project is up to date: with the manifest, files it names, and what builds have shown."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

from interlock.core.named_files import has_replaced_files
from interlock.lock.digest import locked_digest, solve_digest
from interlock.project.platforms import platform_here
from interlock.solve.members import agree

if TYPE_CHECKING:
    from interlock.lock.model import Lock
    from interlock.project.opening import Project
    from interlock_hooks.types import EnvironmentRequest, Solve

LockState = Literal["missing", "current", "outdated"]


def lock_state(project: Project, lock: Lock | None, name: str, platform: str | None = None) -> LockState:
    """Whether a lock matches the manifest for an environment on a platform, by default as on this machine."""
    if lock is None:
        return "missing"
    solve = project.workspace.solve(name, platform or platform_here(project, name))
    member = next(each for each in solve.members if each.name == name)
    return "current" if _is_current(lock, member, digest_of(solve, member)) else "outdated"


def first_outdated(lock: Lock, solve: Solve, *, learning: bool) -> str | None:
    """The first environment of a solve that is not locked for it, ``None`` if all are.

    With ``learning``, what is locked with something that a build has refuted does not count.
    """
    found = (
        each.name
        for each in solve.members
        if not _is_current(lock, each, digest_of(solve, each)) or (learning and _is_refuted(lock, each))
    )
    if (name := next(found, None)) is not None:
        return name
    # A merge of two locks can bring versions together that were never solved together.
    locked = [known for name in solve.names if (known := lock.get(name, solve.target))]
    return None if agree(locked) else solve.names[0]


def digest_of(solve: Solve, member: EnvironmentRequest) -> str:
    """The digest of what a member of a solve asks for here: variables that override virtual packages count."""
    return solve_digest(solve, member, conda_overrides=_overrides(solve.request))


def _is_current(lock: Lock, request: EnvironmentRequest, digest: str) -> bool:
    """Whether a lock holds the answer to a request with that digest."""
    locked = lock.get(request.name, request.target)
    if locked is None or has_replaced_files(request, locked):
        return False
    return lock.is_current(request.name, request.target, locked_digest(digest, request, locked))


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
    prefix = "CONDA_OVERRIDE_"
    return {
        name: value
        for name, value in sorted(os.environ.items())
        if name.startswith(prefix) and name.removeprefix(prefix) not in declared
    }
