"""Which locked packages could be newer, within the bounds of the manifest (an update) or beyond them (an upgrade)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from packaging.utils import canonicalize_name

from interlock.lock.findings import no_lock_to_move
from interlock.project.lock_file import read_lock
from interlock.project.motion import motion_of
from interlock.project.solved_edits import text_of
from interlock.project.updating import update
from interlock.project.upgrading import upgrade
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from interlock.project.opening import Project
    from interlock_hooks.types import EnvironmentRequest, LockedEnvironment

Key = tuple[Literal["conda", "pypi"], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutdatedPackage:
    """A locked package and the versions that ``env update`` and ``env upgrade`` give; ``None`` where it would go.

    ``direct`` says that the manifest asks for it.
    """

    name: str
    ecosystem: Literal["conda", "pypi"]
    direct: bool
    locked: str
    update: str | None
    upgrade: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutdatedEnvironment:
    """What could be newer in an environment on a platform, by name."""

    environment: str
    platform: str
    packages: tuple[OutdatedPackage, ...]


def find_outdated(
    project: Project, *, environment: str | None, platform: str | None, everything: bool
) -> tuple[OutdatedEnvironment, ...]:
    """What could be newer among the dependencies of the manifest, or with ``everything`` among all locked packages.

    Nothing is written. Both answers are solved, so they say what can be had together. Raises :class:`InterlockError`:
    IL112 and IL115 for an unknown environment or platform, IL141 without a lock, otherwise as solving does.
    """
    lock = read_lock(project)
    names = [environment] if environment else []
    motion = motion_of(project, (), names, [platform] if platform else [])
    if lock is None:
        raise InterlockError(no_lock_to_move())
    within = update(project, (), environments=names, platforms=[platform] if platform else []).lock
    beyond = upgrade(project, list(dict.fromkeys(entry.name for entry in text_of(project).entries))).lock
    found = []
    for locked in lock.answers:
        if locked.name in project.workspace.environments and motion.covers_platform(locked.name, locked.platform):
            updated, upgraded = (_versions(other.get(locked.name, locked.platform)) for other in (within, beyond))
            direct = _direct(project.workspace.request(locked.name, locked.platform), locked)
            packages = tuple(each for each in _packages(locked, updated, upgraded, direct) if each.direct or everything)
            found.append(OutdatedEnvironment(environment=locked.name, platform=locked.platform, packages=packages))
    return tuple(found)


def _packages(
    locked: LockedEnvironment, within: Mapping[Key, str], beyond: Mapping[Key, str], direct: set[Key]
) -> Iterator[OutdatedPackage]:
    for key, version in sorted(_versions(locked).items(), key=lambda item: (item[0][1], item[0][0])):
        if {version} != {within.get(key), beyond.get(key)}:
            ecosystem, name = key
            yield OutdatedPackage(
                name=name,
                ecosystem=ecosystem,
                direct=key in direct,
                locked=version,
                update=within.get(key),
                upgrade=beyond.get(key),
            )


def _versions(locked: LockedEnvironment | None) -> dict[Key, str]:
    if locked is None:
        return {}
    conda: dict[Key, str] = {("conda", record.name): record.version for record in locked.conda.records}
    return conda | {("pypi", package.name): package.version for package in locked.resolution.packages}


def _direct(request: EnvironmentRequest, locked: LockedEnvironment) -> set[Key]:
    """What the manifest asks for, also as the conda package that supplies a requirement."""
    required = {canonicalize_name(each.name) for each in request.requirements}
    conda = {spec.name for spec in request.conda_specs}
    conda |= {each.record for each in locked.resolution.provided if each.name in required}
    return {*(("conda", name) for name in conda), *(("pypi", name) for name in required)}
