"""Working directories that are removed with their process, and the remains of killed processes."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cache
from pathlib import Path

from interlock.core.paths import cache_dir


@contextmanager
def working_directory(parent: Path, name: str) -> Iterator[Path]:
    """A new directory in ``parent`` whose name begins with ``name``; it is removed at the end of the block.

    While it is in use it is locked; the lock ends with the process, however that ends.
    """
    while True:
        parent.mkdir(parents=True, exist_ok=True)
        folder = parent / os.path.basename(tempfile.mkdtemp(prefix=f"{name}-", dir=parent))  # noqa: PTH119 - of a str
        with _locked(folder) as mine:
            if not mine:
                # Taken for a left one just before it was locked.
                continue
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
            return


def build_directory(name: str) -> AbstractContextManager[Path]:
    """A working directory for a build, or for what makes an environment as builds do: beside what it links to."""
    return working_directory(builds_dir(), name)


def builds_dir() -> Path:
    """Where builds have their working directories."""
    return cache_dir() / "builds"


@contextmanager
def temporary_directory() -> Iterator[Path]:
    """A new directory for files of a moment; it is removed at the end of the block, or by a later command.

    It lies where temporary files of this machine do. Raises :class:`OSError`.
    """
    parent = Path(tempfile.gettempdir(), f"interlock-{os.getuid()}")
    if not _is_ours(parent):
        with tempfile.TemporaryDirectory(prefix="interlock-") as folder:
            yield Path(folder)
        return
    _tidy(parent)
    with working_directory(parent, "tmp") as place:
        yield place


@cache
def _tidy(parent: Path) -> None:
    """Remove what killed processes left there, once for each command."""
    remove_abandoned(parent)


def _is_ours(parent: Path) -> bool:
    """Whether a directory is there by now that belongs to this user alone; in a shared place anybody may be first."""
    try:
        with suppress(FileExistsError):
            parent.mkdir(mode=0o700)
        status = parent.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077


def remove_abandoned(parent: Path) -> list[Path]:
    """Remove the working directories in ``parent`` that no process uses; returns what was removed."""
    removed = []
    for folder in sorted(parent.iterdir()) if parent.is_dir() else []:
        with _locked(folder) as mine:
            if mine and folder.is_dir():
                shutil.rmtree(folder, ignore_errors=True)
                removed.append(folder)
    return removed


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Whether ``folder`` exists and is locked by this block now."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        yield False
        return
    try:
        mine = False
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # It may have been removed between the two calls.
            mine = folder.exists()
        yield mine
    finally:
        os.close(handle)
