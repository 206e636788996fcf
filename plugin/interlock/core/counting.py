"""How many of something there are, in words."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """``1 package``, ``2 packages``; ``many`` is the plural where it is not the singular with an s."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"
