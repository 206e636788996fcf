"""Stored wheels as the cache commands show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interlock.builds.store.store import Stored

_STEP = 1024
_SHOWN_NAMES = 5


def as_dict(stored: Stored) -> dict[str, Any]:
    """An entry as JSON-ready data."""
    entry = stored.entry
    return {
        "key": stored.key,
        "name": entry.name,
        "version": entry.version,
        "mode": entry.mode,
        "wheel": None if stored.wheel is None else str(stored.wheel),
        "sha256": entry.sha256,
        "size": entry.size,
        "seconds": entry.seconds,
        "log": entry.log,
        "created": entry.created,
        "used": stored.used,
        "source": entry.source,
        "imports": dict(entry.imports),
        "missing": list(entry.missing),
        "downloads": list(entry.downloads),
        "variables": dict(entry.variables),
        "toolchain": dict(entry.toolchain),
    }


def readable_names(names: Sequence[str]) -> str:
    """Names for people, the last of many only counted."""
    more = len(names) - _SHOWN_NAMES
    return ", ".join(names[:_SHOWN_NAMES]) + (f" and {more} more" if more > 0 else "")


def readable_size(size: int) -> str:
    """A number of bytes for people: ``3.4 MiB``."""
    amount = float(size)
    for unit in ("B", "KiB", "MiB"):
        if amount < _STEP:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= _STEP
    return f"{amount:.1f} GiB"
