"""Whether compiled code fits an environment: wheels before an install, or everything that is installed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.audit.consistency import Asked
from interlock.audit.declared import declared_glibc
from interlock.core.activity import doing
from interlock.core.names import DEFAULT_FOLDER
from interlock.project.locking import locked_now
from interlock.project.opening import installed_prefix, open_project
from interlock.project.platforms import platform_here
from interlock_hooks.types import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from interlock.audit.doctor import Examination
    from interlock_hooks.types import EnvironmentRequest, Event, Finding, LockedEnvironment


@dataclass(frozen=True, slots=True)
class Target:
    """The environment that is looked at, what its project asks of it, and the oldest glibc that that declares.

    ``own`` is one that Interlock made, ``locked`` its lock if it is a project's and that is up to date.
    """

    prefix: Path
    asked: Asked = Asked()
    declared_glibc: str | None = None
    own: bool = False
    locked: LockedEnvironment | None = None


@dataclass(frozen=True, slots=True)
class AuditedWheel:
    """What was found out about a wheel; ``name`` is as it was given."""

    name: str
    findings: tuple[Finding, ...]

    @property
    def fits(self) -> bool:
        """Whether it may be installed."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)


def find_target(
    prefix: str | None, environment: str, *, manifest_path: str | None = None, folder: str = DEFAULT_FOLDER
) -> Target:
    """Any environment by its ``prefix``, else one of the project. Raises :class:`InterlockError` (IL692)."""
    if prefix is not None:
        place = Path(prefix).expanduser().absolute()
        return Target(place, own=_is_own(place))
    project = open_project(manifest_path, folder=folder)
    place = installed_prefix(project, environment)
    request = project.workspace.request(environment, platform_here(project, environment))
    locked = locked_now(project, request)
    declared = declared_glibc(locked.conda) if locked else None
    return Target(place, _asked(request, locked), declared, own=True, locked=locked)


def _is_own(prefix: Path) -> bool:
    """Whether Interlock made an environment, in that place: files of one that was moved have other paths in them."""
    from interlock.install.state import load_state

    state = load_state(prefix)
    return state is not None and state.is_of(prefix)


def _asked(request: EnvironmentRequest, locked: LockedEnvironment | None) -> Asked:
    provided = locked.resolution.provided if locked else ()
    return Asked(
        requirements=tuple(requirement.text for requirement in request.requirements),
        overrides=request.overrides,
        scoped_overrides=request.scoped_overrides,
        supplied=tuple((entry.name, entry.version) for entry in provided),
    )


def audit_wheels(names: Sequence[str], target: Target) -> tuple[AuditedWheel, ...]:
    """Audit wheel files as if each were about to be installed, one that is named twice once.

    Raises :class:`InterlockError`: IL570 where there is no environment, IL571 for a file that is not a wheel.
    """
    from interlock.audit.interpreter import ask_interpreter
    from interlock.audit.wheel import audit_wheel
    from interlock.audit.world import World

    world = World(target.prefix, ask_interpreter(target.prefix))
    audited = []
    for name in dict.fromkeys(names):
        doing(Path(name).name)
        audited.append(AuditedWheel(name, tuple(audit_wheel(Path(name), world, declared_glibc=target.declared_glibc))))
    return tuple(audited)


def examine_environment(target: Target, *, emit: Callable[[Event], None]) -> Examination:
    """Audit all compiled code of the environment, and compare it with what package managers and Interlock recorded.

    Raises :class:`InterlockError` (IL570) where there is no environment.
    """
    from interlock.audit.doctor import examine
    from interlock.install.meddling import meddling

    found = examine(target.prefix, asked=target.asked, declared_glibc=target.declared_glibc, own=target.own, emit=emit)
    return found.with_findings(meddling(target.prefix, target.locked)) if target.own else found
