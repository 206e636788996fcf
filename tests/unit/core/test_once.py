from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from interlock.core.once import once


def test_who_asks_meanwhile_waits_for_the_same_answer() -> None:
    asked: list[str] = []
    asking, answering = threading.Event(), threading.Event()

    @once
    def answer(question: str) -> object:
        asked.append(question)
        asking.set()
        assert answering.wait(30)
        return object()

    with ThreadPoolExecutor() as pool:
        first = pool.submit(answer, "a")
        assert asking.wait(30)
        second = pool.submit(answer, "a")
        answering.set()
        assert first.result() is second.result() is answer("a")
    assert answer("b") is not answer("a")
    assert asked == ["a", "b"]


def test_what_fails_is_tried_again() -> None:
    failures = [OSError("first")]

    @once
    def answer() -> str:
        if failures:
            raise failures.pop()
        return "found"

    with pytest.raises(OSError, match="first"):
        answer()
    assert answer() == "found"
    answer.cache_clear()
    assert answer() == "found"
