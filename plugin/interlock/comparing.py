"""Two versions of a lock side by side: those of git, those on disk, and the manifests that they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from interlock.core.names import DEFAULT_FOLDER, LOCK_NAME
from interlock.engines.git import NotCommittedError, committed_text
from interlock.graph.assemble import assemble
from interlock.graph.changes import Change, compare
from interlock.inspecting import lines_of, open_for_inspection
from interlock.lock.model import Lock
from interlock.lock.reader import parse, read
from interlock.manifest import load
from interlock.manifest.discovery import NAMES
from interlock_hooks.types import Finding, InterlockError, Severity

if TYPE_CHECKING:
    from interlock.graph.model import Graph, Line
    from interlock.inspecting import Opened
    from interlock.manifest import Workspace
    from interlock_hooks.types import LockedEnvironment


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the lock: what it is called, its content, and the manifest of the time if that is known."""

    label: str
    lock: Lock
    workspace: Workspace | None


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
    before = _version("HEAD" if old is None else old, opened)
    after = _on_disk(opened) if new is None else _version(new, opened)
    pairs = [
        (name, subdir)
        for name, subdir in _answers(before.lock, after.lock)
        if environment in (None, name) and platform in (None, subdir)
    ]
    if not pairs and (environment or platform):
        raise InterlockError(_nothing_there(before, after, environment, platform))
    found = tuple(_compared(before, after, name, subdir, opened) for name, subdir in pairs)
    return Comparison(before.label, after.label, found, (*opened.findings, *_doubts(before, after)))


# -- versions --------------------------------------------------------------------------------------------------------


def _on_disk(opened: Opened) -> Version:
    path = opened.layout.lock_file
    lock = read(path, root=opened.layout.root)
    if lock is None:
        raise InterlockError(_no_lock(path.name, "there is none on disk", "run `interlock env lock`"))
    return Version(path.name, lock, opened.project.workspace if opened.project else None)


def _version(name: str, opened: Opened) -> Version:
    """A lock by its path, if there is such a file, else by the revision of git that holds it."""
    path = Path(name)
    path = path / LOCK_NAME if path.is_dir() else path
    if path.is_file():
        if path.resolve() == opened.layout.lock_file.resolve():
            return _on_disk(opened)
        return Version(name, read(path) or Lock(), _beside(path))
    return _committed(name, opened)


def _beside(lock: Path) -> Workspace | None:
    """The manifest beside a lock, if it can be read."""
    return next(filter(None, (_read_manifest(lock.parent / name) for name in NAMES)), None)


def _read_manifest(path: Path, revision: str | None = None) -> Workspace | None:
    """A manifest as it is or was; ``None`` if it cannot be read now: it may name directories that are gone."""
    try:
        return load(path, text=None if revision is None else committed_text(path.parent, path.name, revision))
    except (NotCommittedError, InterlockError):
        return None


def _committed(revision: str, opened: Opened) -> Version:
    root = opened.layout.root
    try:
        text = committed_text(root, LOCK_NAME, revision)
    except NotCommittedError as error:
        fix = "commit interlock.lock, or name two locks: `interlock env diff OLD NEW`"
        raise InterlockError(_no_lock(f"{LOCK_NAME} of {revision}", str(error), fix)) from error
    lock = parse(text, path=Path(f"{revision}:{LOCK_NAME}"), root=root)
    known = [opened.project.workspace.manifest.name] if opened.project else []
    manifests = (_read_manifest(root / name, revision) for name in dict.fromkeys((*known, *NAMES)))
    return Version(revision, lock, next(filter(None, manifests), None))


# -- comparing -------------------------------------------------------------------------------------------------------


def _answers(*locks: Lock) -> list[tuple[str, str]]:
    found = {
        (entry.name, answer.environment.platform)
        for lock in locks
        for entry in lock.environments
        for answer in entry.platforms
    }
    return sorted(found)


def _compared(before: Version, after: Version, name: str, platform: str, opened: Opened) -> EnvironmentChanges:
    old, new = before.lock.get(name, platform), after.lock.get(name, platform)
    if old is None or new is None:
        there = new or old
        count = 0 if there is None else len(there.conda.records) + len(there.resolution.packages)
        return EnvironmentChanges(name, platform, "added" if old is None else "removed", count)
    changes = compare(_graph(old, before, opened), _graph(new, after, opened)) if old != new else ()
    return EnvironmentChanges(name, platform, "kept", len(new.conda.records) + len(new.resolution.packages), changes)


def _graph(locked: LockedEnvironment, version: Version, opened: Opened) -> Graph:
    return assemble(locked, _lines(locked, version, opened))


def _lines(locked: LockedEnvironment, version: Version, opened: Opened) -> tuple[Line, ...] | None:
    """The lines of the manifest of the time; ``None`` if it is not known or says nothing of the environment."""
    if version.workspace is None or opened.project is None:
        return None
    try:
        request = version.workspace.request(locked.name, locked.platform)
    except InterlockError:
        return None
    return lines_of(request, locked, opened.project.plugins)


def _doubts(before: Version, after: Version) -> Iterator[Finding]:
    for version in (before, after):
        if version.workspace is None:
            yield Finding(
                code="IL625",
                severity=Severity.NOTE,
                what=f"the manifest that belongs to the lock {version.label} is not known",
                why="there is none beside it, or it cannot be read",
                fix="causes come from the packages alone; what a line of the manifest brought stays unexplained",
            )


# -- findings --------------------------------------------------------------------------------------------------------


def _no_lock(what: str, why: str, fix: str) -> Finding:
    return Finding(code="IL623", what=f"there is no {what} to compare", why=why, fix=fix)


def _nothing_there(before: Version, after: Version, environment: str | None, platform: str | None) -> Finding:
    wanted = " on ".join(filter(None, (environment and f"environment {environment!r}", platform)))
    known = ", ".join(f"{name} on {subdir}" for name, subdir in _answers(before.lock, after.lock))
    return Finding(
        code="IL624",
        what=f"neither {before.label} nor {after.label} holds anything for {wanted}",
        why=f"they hold: {known or 'nothing'}",
        fix="name one of these, or leave the option out to compare all",
    )
