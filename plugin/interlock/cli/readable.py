"""Numbers and lists in words for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.counting import named

if TYPE_CHECKING:
    from collections.abc import Sequence

_STEP = 1024
_SHOWN_NAMES = 5


def readable_names(names: Sequence[str]) -> str:
    """Names for people, the last of many only counted."""
    return named(names, _SHOWN_NAMES)


def readable_size(size: int) -> str:
    """A number of bytes for people: ``3.4 MiB``."""
    amount = float(size)
    for unit in ("B", "KiB", "MiB"):
        if amount < _STEP:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= _STEP
    return f"{amount:.1f} GiB"
