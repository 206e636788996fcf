"""A locked environment looked up in manifest and lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.names import DEFAULT_FOLDER
from interlock.lock.model import Lock
from interlock.lock.reader import read
from interlock.project.looking_up import inspect_locked
from interlock.project.reading import open_for_inspection

if TYPE_CHECKING:
    from interlock.project.inspected import Inspected


def inspect(
    environment: str, platform: str | None = None, *, manifest_path: str | None = None, folder: str = DEFAULT_FOLDER
) -> Inspected:
    """The graph of what is locked for an environment on a platform, by default this machine's if it is locked.

    Raises :class:`InterlockError`: IL112 and IL115 as the manifest does, IL605 where the lock holds nothing.
    """
    opened = open_for_inspection(manifest_path, folder=folder)
    lock = read(opened.layout.lock_file, root=opened.layout.root) or Lock()
    return inspect_locked(opened, lock, environment, platform)
