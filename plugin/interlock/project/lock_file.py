"""The lock of a project: reading it, and writing it while nobody else does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.edits import editing
from interlock.lock.findings import unusable
from interlock.lock.reader import read
from interlock.project.findings.edits import changed_meanwhile
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from interlock.lock.model import Lock
    from interlock.project.opening import Project


def read_lock(project: Project) -> Lock | None:
    """The project's lock, ``None`` if there is none yet."""
    return read(project.layout.lock_file, root=project.layout.root)


def write_lock(project: Project, lock: Lock, *, before: Lock | None) -> bool:
    """Write the project's lock, which was made from ``before``, and say whether the file changed.

    Raises :class:`InterlockError`: IL134 if another lock is there by now, which would be lost, and IL604.
    """
    path = project.layout.lock_file
    try:
        with editing(project.layout.own, path, {}):
            return put_lock(project, lock, before=before)
    except OSError as error:
        raise InterlockError(unusable(path, "written", error)) from error


def put_lock(project: Project, lock: Lock, *, before: Lock | None) -> bool:
    """The same within a block of :func:`~interlock.core.edits.editing`."""
    if read_lock(project) not in (before, lock):
        raise InterlockError(changed_meanwhile(project.layout.lock_file))
    # Imported here: most commands only read it.
    from interlock.lock.writer import write

    layout = project.layout
    return write(layout.lock_file, lock, root=layout.root, beside=project.workspace.beside, alone=True)
