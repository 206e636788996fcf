"""The directory of an environment: whether it may be used, and the lock that admits one process at a time."""

from __future__ import annotations

import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from interlock.core.files import text_in
from interlock.install import findings
from interlock.install.fresh import STATE
from interlock.install.holder import read_holder, write_holder
from interlock_hooks.types import Event, FindingReported, InterlockError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def check_place(prefix: Path) -> None:
    """Make sure that an environment may be put into ``prefix``, without touching anything.

    Raises :class:`InterlockError`: IL610 for a file or a directory that holds something else, IL617 for an environment
    of another tool.
    """
    if prefix.is_dir():
        if not (prefix / "conda-meta").is_dir() and any(prefix.iterdir()):
            raise InterlockError(findings.foreign_directory(prefix))
        owner = _other_owner(prefix)
        if owner is not None:
            raise InterlockError(findings.foreign_environment(prefix, owner))
        return
    for place in (prefix, *prefix.parents):
        if place.is_dir():
            break
        if place.exists() or place.is_symlink():
            raise InterlockError(findings.not_a_directory(place))


@contextmanager
def exclusive(prefix: Path, emit: Callable[[Event], None], *, timeout: float | None = None) -> Iterator[None]:
    """Within the block no other process works on a prefix. The lock lies beside it, so that it may be removed.

    Waits while another process holds the lock, after saying who does, ``timeout`` seconds at most. Raises
    :class:`InterlockError`: IL611, and IL632 after that time.
    """
    holder = prefix.parent / f".{prefix.name}.holder"
    lock = FileLock(prefix.parent / f".{prefix.name}.lock")
    try:
        prefix.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            emit(FindingReported(finding=findings.waiting(prefix, read_holder(holder))))
            lock.acquire(timeout=-1 if timeout is None else timeout)
    except Timeout:
        raise InterlockError(findings.waited_too_long(prefix, read_holder(holder), timeout or 0)) from None
    except OSError as error:
        lock.release(force=True)
        raise InterlockError(findings.not_writable(prefix.parent, error)) from error
    try:
        # Nobody but those who wait misses it.
        with suppress(OSError):
            write_holder(holder)
        yield
    finally:
        with suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def remove_prefix(prefix: Path) -> None:
    """Remove a prefix, which no other process may be working on. Raises :class:`InterlockError` (IL611).

    It goes at once, by another name: one that is half removed would still look installed. What an interrupted removal
    left goes as well.
    """
    gone = removed_name(prefix)
    try:
        if gone.is_dir():
            shutil.rmtree(gone)
        if prefix.is_dir():
            prefix.rename(gone)
            shutil.rmtree(gone)
    except OSError as error:
        raise InterlockError(findings.not_writable(prefix, error)) from error


def removed_name(prefix: Path) -> Path:
    """What a prefix is called while it is removed."""
    return prefix.with_name(f".{prefix.name}.removed")


def is_only_begun(prefix: Path) -> bool:
    """Whether nothing could be lost with a prefix: it is as `conda create` without packages leaves it."""
    meta = prefix / "conda-meta"
    return [*prefix.iterdir()] == [meta] and not (prefix / STATE).exists() and not any(meta.glob("*.json"))


def _other_owner(prefix: Path) -> str | None:
    """The tool that made a prefix, if that shows and it was not Interlock."""
    meta = prefix / "conda-meta"
    if (prefix / STATE).exists():
        return None
    if (meta / "pixi").exists() or (meta / "pixi_env_prefix").exists():
        return "pixi"
    if is_only_begun(prefix):
        return None
    # conda and mamba write each command into it; others at most leave it empty.
    return "conda" if "# cmd:" in text_in(meta / "history") else None
