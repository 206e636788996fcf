"""Edits of a project: files of its manifest, and the lock after them. One that was killed half way is taken back."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from interlock.core.files import discard_staged, write_atomic
from interlock.core.names import EDITS

_JOURNAL = "journal"
_ATTEMPTS = 100


@contextmanager
def editing(folder: Path, lock: Path, changes: Mapping[Path, bytes | None]) -> Iterator[None]:
    """Within the block files become ``changes`` (``None``: none), and after them ``lock`` another file than now.

    Whoever is killed before the lock is written has changed nothing, see :func:`take_back`. One process at a time is
    in such a block. ``folder`` is where the project keeps what it makes. Raises :class:`OSError`.
    """
    place = folder / EDITS
    made = not folder.exists()
    with _alone_in(place, wait=True):
        try:
            write_atomic(place / _JOURNAL, json.dumps(_record(lock, changes)), alone=True)
            yield
        finally:
            _remove(place)
            if made:
                with suppress(OSError):
                    folder.rmdir()


def take_back(folder: Path) -> None:
    """Make the manifest what it was before an edit that was killed before it had written the lock.

    Files that somebody changed since stay as they are, and so does an edit that is under way. Raises
    :class:`OSError`.
    """
    place = folder / EDITS
    if not place.is_dir():
        return
    with suppress(BlockingIOError), _alone_in(place, wait=False):
        with suppress(ValueError, LookupError, TypeError, AttributeError, FileNotFoundError):
            _take_back(json.loads((place / _JOURNAL).read_bytes()))
        _remove(place)


def _record(lock: Path, changes: Mapping[Path, bytes | None]) -> dict[str, Any]:
    files = {}
    for path, new in changes.items():
        old = _content(path)
        files[str(path)] = {"old": None if old is None else old.decode("utf-8"), "new": _digest(new)}
    return {"lock": str(lock), "before": _digest(_content(lock)), "files": files}


def _take_back(record: Mapping[str, Any]) -> None:
    lock = Path(record["lock"])
    unlocked = _digest(_content(lock)) == record["before"]
    for name, file in record["files"].items():
        path = Path(name)
        if unlocked and _digest(_content(path)) == file["new"]:
            if file["old"] is None:
                path.unlink(missing_ok=True)
            else:
                write_atomic(path, file["old"], alone=True, follow=True)
        discard_staged(path)
    discard_staged(lock)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _digest(content: bytes | None) -> str | None:
    return None if content is None else hashlib.sha256(content).hexdigest()


def _remove(place: Path) -> None:
    with suppress(OSError):
        (place / _JOURNAL).unlink(missing_ok=True)
        discard_staged(place / _JOURNAL)
        place.rmdir()


@contextmanager
def _alone_in(place: Path, *, wait: bool) -> Iterator[None]:
    """Within the block the directory exists, and no other process is in such a block.

    Raises :class:`BlockingIOError` if another one is and the caller does not ``wait``.
    """
    while True:
        handle = _opened(place)
        try:
            _lock(handle, wait=wait)
            if not _is_at(place, handle):
                continue  # the one that we waited for has removed it
            yield
            return
        finally:
            os.close(handle)


def _opened(place: Path) -> int:
    """The directory, opened. It is made, unless another process that has done with it removes it at each attempt."""
    for _ in range(_ATTEMPTS):
        with suppress(FileNotFoundError, FileExistsError):
            place.mkdir(parents=True, exist_ok=True)
            return os.open(place, os.O_RDONLY)
    place.mkdir(parents=True, exist_ok=True)
    return os.open(place, os.O_RDONLY)


def _is_at(place: Path, handle: int) -> bool:
    try:
        return os.path.samestat(place.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _lock(handle: int, *, wait: bool) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        raise
    except OSError:
        # Some file systems lock no directories; the edit itself notices most of what others change meanwhile.
        return
