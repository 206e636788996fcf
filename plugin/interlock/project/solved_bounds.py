"""The ranges that a solve gives to dependencies that were added without a version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.version import Version

from interlock.engines.rattler.matching import version_key
from interlock.manifest.editing.bounds import conda_bound, pypi_bound
from interlock.manifest.selectors import matches

if TYPE_CHECKING:
    from interlock.lock.model import Lock
    from interlock.manifest import Workspace
    from interlock.manifest.editing.dependency import Dependency, Place
    from interlock_hooks.types import LockedEnvironment


def with_bound(dependency: Dependency, place: Place, lock: Lock, workspace: Workspace) -> Dependency:
    """A dependency with a range that admits what a lock has of it wherever the place counts.

    It stays without one where the lock has none of it.
    """
    locked = list(_environments(place, lock, workspace))
    if dependency.ecosystem == "conda":
        found = [record.version for each in locked for record in each.conda.records if record.name == dependency.name]
        ordered = sorted(found, key=version_key)
        return (
            replace(dependency, version=conda_bound(dependency.name, ordered[0], ordered[-1])) if found else dependency
        )
    found = [version for each in locked if (version := _version(each, dependency.name))]
    return replace(dependency, version=pypi_bound(min(found, key=Version))) if found else dependency


def environments_of(place: Place, workspace: Workspace) -> list[str]:
    """The environments that contain the feature of a place, the default one first."""
    return [name for name, each in workspace.environments.items() if place.feature in each.all_features]


def _environments(place: Place, lock: Lock, workspace: Workspace) -> Iterator[LockedEnvironment]:
    for name in environments_of(place, workspace):
        entry = lock.entry(name)
        for each in entry.platforms if entry else ():
            locked = each.environment
            if place.platform is None or matches(place.platform, locked.platform, locked.conda.platform):
                yield locked


def _version(locked: LockedEnvironment, name: str) -> str | None:
    package = locked.resolution.get(name)
    provided = locked.resolution.get_provided(name)
    return package.version if package else provided.version if provided else None
