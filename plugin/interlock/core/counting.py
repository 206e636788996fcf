"""How many of something there are, in words, and the first of many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_MOST = 8  # lines of details that a finding has


def counted(number: int, one: str, many: str = "") -> str:
    """``1 package``, ``2 packages``; ``many`` is the plural where it is not the singular with an s."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def named(names: Sequence[str], most: int) -> str:
    """The first names, and how many more there are: ``a, b and 3 more``."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def listed(lines: Iterable[str], most: int = _MOST) -> tuple[str, ...]:
    """The first lines, and one that says how many more there are."""
    every = list(lines)
    rest = [f"and {len(every) - most} more"] if len(every) > most else []
    return (*every[:most], *rest)
