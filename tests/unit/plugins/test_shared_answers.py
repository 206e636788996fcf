"""Questions that many ask are asked once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from interlock.plugins.shared_answers import Shared


def test_each_question_is_asked_once_also_by_several_threads() -> None:
    asked = []

    def ask(request: str) -> str:
        asked.append(request)
        return request.upper()

    shared = Shared(ask)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(shared, ["a", "b", "a", "a"])) == ["A", "B", "A", "A"]
    assert sorted(asked) == ["a", "b"]


def test_that_there_is_no_answer_is_one() -> None:
    asked = []

    def ask(request: str) -> str:
        asked.append(request)
        raise ValueError(request)

    shared = Shared(ask)
    for _ in range(2):
        with pytest.raises(ValueError, match="a"):
            shared("a")
    assert asked == ["a"]
