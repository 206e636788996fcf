"""Two versions of a lock side by side: the changes in each environment, and their causes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from interlock.builds.run.toolchain import is_toolchain
from interlock.core.names import DEFAULT_FOLDER
from interlock.graph.changes import Change, compare
from interlock.graph.lines import manifest_settings
from interlock.project.findings.locks import nothing_to_compare, outdated_lock, unknown_manifest
from interlock.project.graphs import graph_in
from interlock.project.reading import Opened, is_outdated, open_for_inspection, refused
from interlock.project.versions import Version, find_version, version_on_disk
from interlock_hooks.types import Finding, InterlockError

if TYPE_CHECKING:
    from interlock.graph.model import Graph
    from interlock.lock.model import Lock
    from interlock.project.reading import Opened
    from interlock_hooks.types import LockedEnvironment


@dataclass(frozen=True, slots=True)
class EnvironmentChanges:
    """What became of an environment on a platform; ``state`` tells whether both versions have it."""

    environment: str
    platform: str
    state: Literal["kept", "added", "removed"]
    packages: int
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences between two versions of a lock, by environment and platform."""

    old: str
    new: str
    environments: tuple[EnvironmentChanges, ...]
    findings: tuple[Finding, ...] = ()


def compare_locks(
    old: str | None = None,
    new: str | None = None,
    *,
    environment: str | None = None,
    platform: str | None = None,
    manifest_path: str | None = None,
    folder: str = DEFAULT_FOLDER,
) -> Comparison:
    """Compare two versions of the lock: by default the one in git's ``HEAD`` with the one on disk.

    ``old`` and ``new`` are paths of locks (or of directories with one) or revisions of git. Raises
    :class:`InterlockError`: IL623 when there is no such lock, IL624 when neither has the environment or platform.
    """
    opened = open_for_inspection(manifest_path, folder=folder)
    before = find_version("HEAD" if old is None else old, opened)
    after = version_on_disk(opened) if new is None else find_version(new, opened)
    return compare_versions(before, after, opened, environment=environment, platform=platform)


def compare_versions(
    before: Version, after: Version, opened: Opened, *, environment: str | None = None, platform: str | None = None
) -> Comparison:
    """Compare two versions of the lock of a project. Raises :class:`InterlockError` (IL624) as above."""
    pairs = [
        (name, subdir)
        for name, subdir in _platforms(before.lock, after.lock)
        if environment in (None, name) and platform in (None, subdir)
    ]
    if not pairs and (environment or platform):
        labels, known = (before.label, after.label), _platforms(before.lock, after.lock)
        raise InterlockError(nothing_to_compare(labels, environment, platform, known))
    found = tuple(_compared(before, after, name, subdir, opened) for name, subdir in pairs)
    doubts = dict.fromkeys(_doubts(before, after, opened, pairs))
    return Comparison(before.label, after.label, found, (*opened.findings, *doubts))


def _platforms(*locks: Lock) -> list[tuple[str, str]]:
    found = {
        (entry.name, each.environment.platform)
        for lock in locks
        for entry in lock.environments
        for each in entry.platforms
    }
    return sorted(found)


def _compared(before: Version, after: Version, name: str, platform: str, opened: Opened) -> EnvironmentChanges:
    old, new = before.lock.get(name, platform), after.lock.get(name, platform)
    if old is None or new is None:
        there = new or old
        count = 0 if there is None else len(there.conda.records) + len(there.resolution.packages)
        return EnvironmentChanges(name, platform, "added" if old is None else "removed", count)
    count = len(new.conda.records) + len(new.resolution.packages)
    changes: tuple[Change, ...] = ()
    if old != new:
        changes = compare(_graph(old, before, opened), _graph(new, after, opened), is_toolchain=is_toolchain)
    return EnvironmentChanges(name, platform, "kept", count, changes)


def _graph(locked: LockedEnvironment, version: Version, opened: Opened) -> Graph:
    """The graph, with what the manifest of the time says if it is known and says anything of the environment."""
    if version.workspace is None or opened.project is None:
        return graph_in(version.lock, locked, None)
    workspace, plugins = version.workspace, opened.project.plugins
    try:
        request = workspace.request(locked.name, locked.platform)
    except InterlockError:
        return graph_in(version.lock, locked, None)
    return graph_in(version.lock, locked, request, manifest_settings(request), workspace=workspace, plugins=plugins)


def _doubts(before: Version, after: Version, opened: Opened, pairs: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    """What makes causes less certain."""
    for version in (before, after):
        if version.workspace is None and not (version.on_disk and opened.findings):
            yield unknown_manifest(version.label)
        for name, platform in pairs if version.on_disk and opened.project else ():
            yield from refused(opened, name, platform)
            if is_outdated(opened, version.lock, name, platform):
                yield outdated_lock(opened.layout.lock_file, name, platform)
