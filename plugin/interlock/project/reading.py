"""A project for commands that only read its lock: its manifest may be broken, or newer than the lock."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.core.files import is_file
from interlock.core.layout import Layout
from interlock.core.names import LOCK_NAME
from interlock.manifest.codes import NOT_FOUND
from interlock.project.findings.locks import unreadable_manifest
from interlock.project.opening import open_project
from interlock.project.up_to_date import lock_state
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from interlock.lock.model import Lock
    from interlock.project.opening import Project
    from interlock_hooks.types import Finding


@dataclass(frozen=True, slots=True)
class Opened:
    """Where a project is; ``project`` is ``None`` when its manifest cannot be read, and ``findings`` say so."""

    layout: Layout
    project: Project | None
    findings: tuple[Finding, ...] = ()


def open_for_inspection(manifest_path: str | None, *, folder: str) -> Opened:
    """Open the project; one with a broken manifest can be inspected too if it has a lock.

    Raises :class:`InterlockError` as :func:`open_project` does when there is neither.
    """
    try:
        project = open_project(manifest_path, folder=folder)
    except InterlockError as error:
        root = _nearest_lock(Path.cwd() if manifest_path is None else Path(manifest_path).absolute())
        if root is None or error.findings[0].code == NOT_FOUND:
            raise
        return Opened(Layout(root, folder), None, (unreadable_manifest(error.findings[0]),))
    return Opened(project.layout, project)


def refused(opened: Opened, environment: str, platform: str) -> tuple[Finding, ...]:
    """A warning if what the manifest asks for cannot be had now, which leaves the lock as readable as it was."""
    if opened.project is None:
        return ()
    workspace = opened.project.workspace
    try:
        workspace.request(environment, platform)
    except InterlockError as error:
        return tuple(unreadable_manifest(each) for each in error.findings[:1] if each in workspace.refusals)
    return ()


def is_outdated(opened: Opened, lock: Lock, environment: str, platform: str) -> bool:
    """Whether the lock is known to be out of date; false if the manifest cannot be read."""
    try:
        return opened.project is not None and lock_state(opened.project, lock, environment, platform) == "outdated"
    except InterlockError:
        return False


def _nearest_lock(start: Path) -> Path | None:
    return next((folder for folder in (start, *start.parents) if is_file(folder / LOCK_NAME)), None)
