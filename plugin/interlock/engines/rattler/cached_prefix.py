"""Prefixes in the cache that are linked once from given records and then only read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from filelock import FileLock

from interlock.core.files import write_atomic
from interlock.core.idle import idle_folders, lock_of, remove_at_once
from interlock.core.paths import cache_dir
from interlock.engines.rattler.record_json import record_to_json

if TYPE_CHECKING:
    from pathlib import Path

    from interlock_hooks.types import CondaRecord

_COMPLETE = "conda-meta/interlock-complete"


def linked_prefix(records: Sequence[CondaRecord]) -> Path:
    """A prefix that holds exactly ``records``; made on first use, shared between projects, never to be written.

    Safe under concurrent callers. Raises :class:`InterlockError` like the installer.
    """
    prefix = place_of(records)
    complete = prefix / _COMPLETE
    if not complete.exists():
        prefix.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(lock_of(prefix)):
            if not complete.exists():
                _link(prefix, records)
                write_atomic(complete, "".join(f"{record}\n" for record in records))
    # The time of last use, for pruning.
    complete.touch()
    return prefix


def place_of(records: Sequence[CondaRecord]) -> Path:
    """Where the prefix that holds exactly ``records`` is, or will be."""
    return cache_dir() / "prefixes" / prefix_digest(records)


def is_linked(prefix: Path) -> bool:
    """Whether such a prefix is there."""
    return (prefix / _COMPLETE).exists()


def prune_prefixes(*, unused_for: float) -> list[Path]:
    """Remove the prefixes that were not used for so many seconds or never became complete; returns what was removed."""
    removed = []
    for prefix in idle_folders(cache_dir() / "prefixes", _last_use, unused_for=unused_for):
        remove_at_once(prefix)
        removed.append(prefix)
    return removed


def prefix_digest(records: Sequence[CondaRecord]) -> str:
    """A name for the content of a prefix; the order of the records does not matter, nor which mirror has the file."""
    lines = sorted(record.sha256 or f"{record.url} {record.md5 or record_to_json(record)}" for record in records)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


def _last_use(prefix: Path) -> float:
    try:
        return (prefix / _COMPLETE).stat().st_mtime
    except FileNotFoundError:
        # Whoever works on it holds the lock.
        return 0.0


def _link(prefix: Path, records: Sequence[CondaRecord]) -> None:
    # Imported here: a prefix that exists is found without loading rattler.
    from interlock.engines.rattler.installer import install

    install(prefix, records)
