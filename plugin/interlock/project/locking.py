"""The lock of a project: whether it is up to date, and updating it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal

from interlock.core.platforms import current_platform
from interlock.lock.digest import has_replaced_files, locked_digest, request_digest
from interlock.lock.findings import missing, outdated
from interlock.lock.model import Lock
from interlock.lock.reader import read
from interlock.lock.writer import write
from interlock.project.findings import left_out
from interlock_hooks.types import Finding, InterlockError

if TYPE_CHECKING:
    from interlock.pipeline.locking import Locking
    from interlock.project.opening import Project
    from interlock_hooks.types import EnvironmentRequest

LockState = Literal["missing", "current", "outdated"]


class LockMode(Enum):
    """What a command may do with the lock: renew it where needed, only compare it, or take it as it is."""

    UPDATE = "update"
    LOCKED = "locked"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class LockOutcome:
    """A lock that is up to date; ``changed`` tells whether the file was written.

    ``refused`` says why environments are left out: they contain something that cannot be had.
    """

    lock: Lock
    changed: bool
    findings: tuple[Finding, ...] = ()
    refused: tuple[Finding, ...] = ()


def lock_mode(*, locked: bool, frozen: bool) -> LockMode:
    """The mode that the options ``--locked`` and ``--frozen`` select."""
    return LockMode.LOCKED if locked else LockMode.FROZEN if frozen else LockMode.UPDATE


def read_lock(project: Project) -> Lock | None:
    """The project's lock, ``None`` if there is none yet."""
    return read(project.layout.lock_file, root=project.layout.root)


def write_lock(project: Project, lock: Lock) -> bool:
    """Write the project's lock and say whether the file changed. Raises :class:`InterlockError` (IL604)."""
    return write(project.layout.lock_file, lock, root=project.layout.root, beside=project.workspace.beside)


def lock_state(project: Project, lock: Lock | None, name: str, platform: str | None = None) -> LockState:
    """Whether a lock matches the manifest for an environment on a platform, by default this one."""
    if lock is None:
        return "missing"
    request = project.workspace.request(name, platform)
    return "current" if _is_current(lock, request, _digest(request)) else "outdated"


def lock_all(project: Project, *, mode: LockMode = LockMode.UPDATE, renew: str | None = None) -> LockOutcome:
    """Update the lock for every environment and platform.

    Only outdated parts are solved, and the environment ``renew``; versions of the old lock are preferred. With
    :attr:`LockMode.LOCKED` nothing is solved, and IL605 or IL606 is raised where the lock is out of date. The file is
    written once, at the end, so that a failure leaves the old one. An environment that the manifest asks for but that
    contains something that cannot be had is left out, see :attr:`LockOutcome.refused`.
    """
    old = read_lock(project) or Lock()
    lock = old.keeping(frozenset(project.workspace.environments))
    findings: list[Finding] = list(project.workspace.findings)
    requests, refused = _requests(project)
    for request in requests:
        name = request.name
        digest = _digest(request)
        if name != renew and _is_current(lock, request, digest):
            continue
        if mode is LockMode.LOCKED:
            raise InterlockError(refusal(project, lock, name, request.platform))
        answer = _solve(project, request, old=old, lock=lock)
        findings += answer.findings
        lock = lock.with_environment(
            answer.locked,
            digest=locked_digest(digest, request, answer.locked),
            indexes=request.pypi.indexes,
            find_links=request.pypi.find_links,
        )
    changed = lock != old and write_lock(project, lock)
    return LockOutcome(lock, changed, tuple(findings), refused)


def _digest(request: EnvironmentRequest) -> str:
    return request_digest(request, conda_overrides=_overrides(request))


def _is_current(lock: Lock, request: EnvironmentRequest, digest: str) -> bool:
    """Whether a lock holds the answer to a request with that digest."""
    locked = lock.get(request.name, request.platform)
    if locked is None or has_replaced_files(request, locked):
        return False
    return lock.is_current(request.name, request.platform, locked_digest(digest, request, locked))


def _solve(project: Project, request: EnvironmentRequest, *, old: Lock, lock: Lock) -> Locking:
    """Lock one environment, close to the ``old`` lock and to what ``lock`` has by now of its other platforms."""
    # Imported here: most locks are up to date.
    from interlock.pipeline.locking import lock_environment

    entry = lock.entry(request.name)
    return lock_environment(
        request,
        project.plugins,
        project.layout,
        previous=old.get(request.name, request.platform),
        siblings=[each.environment for each in entry.platforms] if entry else (),
    )


def _requests(project: Project) -> tuple[list[EnvironmentRequest], tuple[Finding, ...]]:
    """What there is to lock, and why some of what the manifest declares cannot be."""
    found: list[EnvironmentRequest] = []
    refused: dict[Finding, list[tuple[str, str]]] = {}
    for name, platform in _targets(project):
        request = _request(project, name, platform)
        if not isinstance(request, InterlockError):
            found.append(request)
            continue
        for finding in request.findings:
            refused.setdefault(finding, []).append((name, platform))
    return found, tuple(left_out(finding, targets) for finding, targets in refused.items())


def _request(project: Project, name: str, platform: str) -> EnvironmentRequest | InterlockError:
    try:
        return project.workspace.request(name, platform)
    except InterlockError as error:
        return error


def _targets(project: Project) -> list[tuple[str, str]]:
    """Every environment on every platform that it supports, this machine's platform first: it matters most."""
    here = current_platform()
    found = []
    for name in project.workspace.environments:
        platforms = project.workspace.supported_platforms(name)
        found += [(name, platform) for platform in sorted(platforms, key=lambda platform: platform != here)]
    return found


def _overrides(request: EnvironmentRequest) -> dict[str, str]:
    """``CONDA_OVERRIDE_*`` variables that take part in the solve: those of which the manifest says nothing."""
    declared = {requirement.name.removeprefix("__").upper() for requirement in request.system_requirements}
    prefix = "CONDA_OVERRIDE_"
    return {
        name: value
        for name, value in sorted(os.environ.items())
        if name.startswith(prefix) and name.removeprefix(prefix) not in declared
    }


def refusal(project: Project, lock: Lock, name: str, platform: str) -> Finding:
    """Why a lock cannot be used for an environment on a platform: IL605 if it does not cover it, else IL606."""
    path, known = project.layout.lock_file, lock.platforms(name)
    return outdated(path, name, platform) if platform in known else missing(path, name, platform, known=known)
