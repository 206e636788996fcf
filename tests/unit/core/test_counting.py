"""Numbers of things, in words."""

from __future__ import annotations

import pytest

from interlock.core.counting import counted


@pytest.mark.parametrize(
    ("number", "words", "text"),
    [
        (0, ("package",), "0 packages"),
        (1, ("package",), "1 package"),
        (2, ("package",), "2 packages"),
        (1, ("library", "libraries"), "1 library"),
        (3, ("library", "libraries"), "3 libraries"),
    ],
)
def test_one_and_many(number: int, words: tuple[str, ...], text: str) -> None:
    assert counted(number, *words) == text
