"""The ranges that a solve gives to dependencies that were added without a version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from interlock.core.requirements import admits as specifiers_admit
from interlock.engines.rattler.matching import spec_admits, version_key
from interlock.manifest.document import dotted
from interlock.manifest.editing.bounds import conda_bound, pypi_bound
from interlock.manifest.editing.dialects import NAMED_LISTS
from interlock.manifest.selectors import matches
from interlock_hooks.types import UNKNOWN_VERSION

if TYPE_CHECKING:
    from interlock.lock.model import Lock
    from interlock.manifest import Workspace
    from interlock.manifest.editing.dependency import Dependency, Ecosystem, Place
    from interlock_hooks.types import LockedEnvironment


def with_bound(dependency: Dependency, place: Place, lock: Lock, workspace: Workspace) -> Dependency:
    """A dependency with a range that admits what a lock has of it wherever the place counts.

    It stays without one where the lock has none of it.
    """
    found = versions_of(dependency.ecosystem, dependency.name, place, lock, workspace)
    if not found:
        return dependency
    conda = dependency.ecosystem == "conda"
    bound = conda_bound(dependency.name, found[0], found[-1]) if conda else pypi_bound(found[0])
    return replace(dependency, version=bound)


def versions_of(ecosystem: Ecosystem, name: str, place: Place, lock: Lock, workspace: Workspace) -> list[str]:
    """The versions, lowest first, that a lock has of a package wherever a place counts."""
    locked = _environments(place, lock, workspace)
    found = {version for each in locked if (version := _found(ecosystem, name, each))}
    return sorted(found - {UNKNOWN_VERSION}, key=version_key if ecosystem == "conda" else _pypi_key)


def misses(
    dependency: Dependency, place: Place, lock: Lock, workspace: Workspace
) -> Iterator[tuple[LockedEnvironment, str | None]]:
    """Where a place counts and a lock has another version of a dependency than it asks for, ``None`` for none of it.

    Of a dependency with a marker nothing is said: elsewhere it may be anything.
    """
    if dependency.marker:
        return
    fits = partial(admits, dependency.ecosystem, dependency.name, dependency.version)
    for locked in _environments(place, lock, workspace):
        found = _found(dependency.ecosystem, dependency.name, locked)
        if found is None or (dependency.version and found != UNKNOWN_VERSION and not fits(found)):
            yield locked, found


def admits(ecosystem: Ecosystem, name: str, text: str, version: str) -> bool:
    """Whether a range has a version."""
    if ecosystem == "conda":
        return bool(spec_admits(f"{name} {text}", name=name, version=version, build="0"))
    return specifiers_admit(SpecifierSet(text), version)


def environments_of(place: Place, workspace: Workspace) -> list[str]:
    """The environments that contain the feature of a place, by way of one that includes it as well.

    The default one comes first.
    """
    having = {place.feature, *_including(place.feature, workspace)}
    return [name for name, each in workspace.environments.items() if not having.isdisjoint(each.all_features)]


def _including(group: str, workspace: Workspace) -> Iterator[str]:
    """The groups and extras that include what a group or an extra lists."""
    lists = tuple(f"{dotted((*table, group))}[" for table in NAMED_LISTS)
    for feature in workspace.features.values():
        lines = (line for layer in feature.layers.values() for line in layer.requirements)
        if any(line.where and (line.where.key or "").startswith(lists) for line in lines):
            yield feature.name


def _environments(place: Place, lock: Lock, workspace: Workspace) -> Iterator[LockedEnvironment]:
    names = environments_of(place, workspace)
    for locked in lock.answers:
        counts = place.platform is None or matches(place.platform, locked.platform, locked.conda.platform)
        if counts and locked.name in names:
            yield locked


def _found(ecosystem: Ecosystem, name: str, locked: LockedEnvironment) -> str | None:
    if ecosystem == "conda":
        return next((record.version for record in locked.conda.records if record.name == name), None)
    package = locked.resolution.get(name)
    provided = locked.resolution.get_provided(name)
    return package.version if package else provided.version if provided else None


def _pypi_key(version: str) -> tuple[bool, Version | str]:
    """The order of versions; conda packages supply some that PEP 440 does not know, which come first."""
    try:
        return True, Version(version)
    except InvalidVersion:
        return False, version
