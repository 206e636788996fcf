"""Folders of a cache that nobody works on: each has a lock beside it, which is held by whoever makes or reads it."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


# The end of the name of a folder that is being removed.
_DOOMED = "-removed"


def lock_of(folder: Path) -> Path:
    """The file to lock while a folder of a cache is made, looked through or removed."""
    return folder.with_suffix(".lock")


def hold(folder: Path) -> None:
    """Keep a folder from being removed as idle until this process ends, and the programs that it becomes or starts.

    Others may hold it as well. Waits for whoever has it locked.
    """
    path = lock_of(folder)
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        fcntl.flock(handle, fcntl.LOCK_SH)
        if _is_there(path, handle):
            os.set_inheritable(handle, True)
            return
        # The lock was removed while we waited for it.
        os.close(handle)


def _is_there(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def remove_at_once(folder: Path) -> None:
    """Remove a folder so that half of it is never taken for the whole; what cannot be removed has another name then."""
    doomed = folder.with_name(f"{folder.name.removesuffix(_DOOMED)}{_DOOMED}")
    if folder != doomed:
        shutil.rmtree(doomed, ignore_errors=True)
        folder.replace(doomed)
    shutil.rmtree(doomed, ignore_errors=True)


def idle_folders(parent: Path, last_use: Callable[[Path], float], *, unused_for: float) -> Iterator[Path]:
    """The folders in ``parent`` that were not used for so many seconds, each locked while the caller has it.

    ``last_use`` says when a folder was used (Unix time). One that somebody else has locked is passed over.
    """
    # Imported here, as it is slow to import: most of those who import this module remove nothing.
    from filelock import FileLock, Timeout

    limit = time.time() - unused_for
    for folder in sorted(parent.iterdir()) if parent.is_dir() else []:
        if folder.is_dir():
            with suppress(Timeout), FileLock(lock_of(folder), timeout=0):
                if last_use(folder) <= limit:
                    yield folder
