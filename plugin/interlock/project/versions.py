"""Versions of a project's lock: in git, on disk, by path; each with the manifest that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.core.files import is_directory, is_file
from interlock.core.names import LOCK_NAME
from interlock.engines.git import GitError, committed_text
from interlock.lock.model import Lock
from interlock.lock.reader import parse, read
from interlock.manifest import load
from interlock.manifest.discovery import NAMES
from interlock.project.findings.locks import no_lock
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from interlock.manifest import Workspace
    from interlock.project.reading import Opened


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the lock: what it is called, its content, and the manifest of the time if that is known.

    ``on_disk`` says that it is the one that the project uses now.
    """

    label: str
    lock: Lock
    workspace: Workspace | None
    on_disk: bool = False


def version_on_disk(opened: Opened) -> Version:
    """The lock that the project has. Raises :class:`InterlockError` (IL623) when there is none."""
    path = opened.layout.lock_file
    lock = read(path, root=opened.layout.root)
    if lock is None:
        raise InterlockError(no_lock(path.name, "the project has no lock on disk", "run `interlock env lock`"))
    return Version(path.name, lock, opened.project.workspace if opened.project else None, on_disk=True)


def find_version(name: str, opened: Opened) -> Version:
    """A lock by its path, if there is such a file, else by the revision of git that holds it.

    Raises :class:`InterlockError` (IL623) when there is neither.
    """
    path = Path(name)
    path = path / LOCK_NAME if is_directory(path) else path
    if is_file(path):
        if path.resolve() == opened.layout.lock_file.resolve():
            return version_on_disk(opened)
        return Version(name, read(path) or Lock(), _beside(path))
    return _committed(name, opened)


def _beside(lock: Path) -> Workspace | None:
    """The manifest beside a lock, if it can be read."""
    return next(filter(None, (_read_manifest(lock.parent / name) for name in NAMES)), None)


def _read_manifest(path: Path, revision: str | None = None) -> Workspace | None:
    """A manifest as it is or was; ``None`` if it cannot be read now: it may name directories that are gone."""
    try:
        return load(path, text=None if revision is None else committed_text(path.parent, path.name, revision))
    except (GitError, InterlockError):
        return None


def _committed(revision: str, opened: Opened) -> Version:
    root = opened.layout.root
    try:
        text = committed_text(root, LOCK_NAME, revision)
    except GitError as error:
        fix = "commit interlock.lock, or name two locks: `interlock env diff OLD NEW`"
        raise InterlockError(no_lock(f"{LOCK_NAME} of {revision}", str(error), fix)) from error
    lock = parse(text, path=Path(f"{revision}:{LOCK_NAME}"), root=root)
    known = [opened.project.workspace.manifest.name] if opened.project else []
    manifests = (_read_manifest(root / name, revision) for name in dict.fromkeys((*known, *NAMES)))
    return Version(revision, lock, next(filter(None, manifests), None))
