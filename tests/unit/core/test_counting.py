"""Numbers of things, in words."""

from __future__ import annotations

import pytest

from interlock.core.counting import counted, listed, named


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


def test_the_first_of_many() -> None:
    names = ["a", "b", "c"]
    assert [named(names, most) for most in (1, 2, 3)] == ["a and 2 more", "a, b and 1 more", "a, b, c"]
    assert listed(names, 2) == ("a", "b", "and 1 more")
    assert listed(names) == ("a", "b", "c")
