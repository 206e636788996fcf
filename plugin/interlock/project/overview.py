"""A project for ``env info --html``: what is locked for its environments, and one environment in detail."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.builds.plan.requirements import name_of
from interlock.core.urls import is_remote, without_credentials
from interlock.install.reported import reported_builds
from interlock.lock.findings import missing
from interlock.project.built_against import built_against
from interlock.project.findings.locks import outdated_lock
from interlock.project.info import describe
from interlock.project.lock_file import read_lock
from interlock_hooks.types import BuildMode, BuildPlan, PyPIPackage, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from interlock.install.reported import ReportedBuild
    from interlock.lock.model import Lock
    from interlock.project.described import ProjectInfo
    from interlock.project.opening import Project
    from interlock_hooks.types import CondaRecord, Finding, LockedEnvironment


@dataclass(frozen=True, slots=True)
class Part:
    """A locked package; ``kind`` is ``conda``, ``pypi`` or ``built``, ``size`` that of its download in bytes, if known.

    ``source`` is the channel or index, or else the server, file or repository that it comes from.
    """

    name: str
    version: str
    kind: str
    source: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Built:
    """A package that is built from source: as it was built for the environment that is installed, else as planned.

    ``against`` are the distributions of the environment that the build used, each with its ecosystem, ``tools`` what
    was there for the build alone; if nobody has seen a build yet (``seen``), those that it is matched to, and those
    that it asks for. ``programs`` are those that it runs in any case, with versions where conda provides them.
    ``seconds`` and ``compilers`` (program, path or version) are known once it is installed. The time is that of the
    original build if the wheel came ``from_store``; a ``prebuilt`` one is not built.
    """

    name: str
    version: str
    mode: BuildMode
    against: tuple[tuple[str, str], ...]
    tools: tuple[str, ...]
    seen: bool
    programs: tuple[str, ...] = ()
    seconds: float | None = None
    from_store: bool = False
    prebuilt: bool = False
    compilers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Locked:
    """What the lock has for an environment on a platform."""

    environment: str
    platform: str
    python: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """A project: ``chosen`` is the environment in detail, ``None`` if it is not locked for this machine.

    ``findings`` are what keeps this from being the whole truth, such as an outdated lock, and what contradicts.
    """

    environment: str
    info: ProjectInfo
    locked: tuple[Locked, ...]
    chosen: Locked | None
    builds: tuple[Built, ...]
    findings: tuple[Finding, ...]


def overview(project: Project, environment: str) -> Overview:
    """Collect it from manifest, lock and prefix; nothing is solved or changed. Raises as :func:`describe` does."""
    info = describe(project, environment)
    lock = read_lock(project)
    here = None if lock is None else lock.get(environment, info.platform)
    reported = reported_builds(project.layout.prefix(environment))
    return Overview(
        environment=environment,
        info=info,
        locked=() if lock is None else tuple(map(_locked, lock.answers)),
        chosen=None if here is None else _locked(here),
        builds=() if here is None else tuple(_built(plan, here, reported) for plan in here.plans),
        findings=(*_doubts(info, lock, environment), *info.findings),
    )


def _doubts(info: ProjectInfo, lock: Lock | None, environment: str) -> Iterator[Finding]:
    path = Path(info.lock.path)
    known = () if lock is None else lock.platforms(environment)
    if info.platform not in known:
        yield replace(missing(path, environment, info.platform, known=known), severity=Severity.WARNING)
    elif info.lock.state == "outdated":
        yield outdated_lock(path, environment, info.platform)


def _locked(locked: LockedEnvironment) -> Locked:
    parts = (*map(_conda, locked.conda.records), *map(_pypi, locked.resolution.packages))
    return Locked(locked.name, locked.platform, locked.resolution.python.label, parts)


def _conda(record: CondaRecord) -> Part:
    source = record.built_from.url if record.built_from else record.channel
    return Part(record.name, record.version, "conda", without_credentials(source), record.size)


def _pypi(package: PyPIPackage) -> Part:
    kind, artifact = "built" if package.needs_build else "pypi", package.artifact
    source = package.index or artifact.url
    if package.index is None and artifact.kind in ("wheel", "sdist") and is_remote(source):
        # The default index: its files have addresses of their own, on one server.
        source = "/".join(source.split("/", 3)[:3])
    return Part(package.name, _version(package), kind, without_credentials(source), artifact.size)


def _built(plan: BuildPlan, locked: LockedEnvironment, reported: Mapping[str, ReportedBuild]) -> Built:
    done = _done(plan, reported)
    used = plan.imports if plan.imports is not None else tuple(map(name_of, plan.requirements))
    against = tuple(built_against(locked, plan.name, used))
    theirs = {entry.name for entry in against}
    return Built(
        name=plan.name,
        version=_version(plan.package),
        mode=plan.mode,
        against=tuple(
            (f"{entry.name} {entry.version}", "pypi" if isinstance(entry, PyPIPackage) else "conda")
            for entry in against
        ),
        tools=tuple(str(entry) for entry in plan.overlay if entry.name in used and entry.name not in theirs),
        seen=plan.imports is not None,
        programs=plan.programs,
        seconds=done.seconds if done else None,
        from_store=done is not None and done.from_store,
        prebuilt=plan.prebuilt is not None if done is None else done.prebuilt,
        compilers=done.compilers if done else (),
    )


def _done(plan: BuildPlan, reported: Mapping[str, ReportedBuild]) -> ReportedBuild | None:
    """What is known of the build of a plan; nothing if the lock has moved on since the install."""
    done = reported.get(plan.name)
    if done is None or done.mode != plan.mode.value or plan.package.known_version not in (None, done.version):
        return None
    return done


def _version(package: PyPIPackage) -> str:
    return package.known_version or "of unknown version"
