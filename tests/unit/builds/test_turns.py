from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from interlock.builds.turns import Turns
from interlock.engines.work import Stopped, Work, current


class Builder:
    """Takes its turn in another thread, and keeps it until it is told to leave."""

    def __init__(self, turns: Turns, pool: ThreadPoolExecutor, holder: object, work: Work | None = None) -> None:
        self.inside = threading.Event()
        self.leave = threading.Event()
        self.outcome = pool.submit((work or current()).within(self._build), (turns, holder))

    def _build(self, where: tuple[Turns, object]) -> None:
        turns, holder = where
        with turns.of(holder):
            self.inside.set()
            assert self.leave.wait(30)


@pytest.fixture
def pool():
    with ThreadPoolExecutor() as pool:
        yield pool


def test_others_wait_until_the_last_build_of_a_holder_has_ended(pool: ThreadPoolExecutor) -> None:
    turns, mine, others = Turns(), object(), object()
    first, second = Builder(turns, pool, mine), Builder(turns, pool, mine)
    assert first.inside.wait(30)
    assert second.inside.wait(30)
    waiting = Builder(turns, pool, others)
    first.leave.set()
    first.outcome.result(30)
    assert not waiting.inside.is_set()
    second.leave.set()
    assert waiting.inside.wait(30)
    waiting.leave.set()
    waiting.outcome.result(30)


def test_a_turn_may_be_taken_within_a_turn() -> None:
    turns, holder = Turns(), object()
    with turns.of(holder), turns.of(holder):
        pass
    with turns.of(object()):
        pass


def test_who_waits_for_nobody_any_more_does_not_wait(pool: ThreadPoolExecutor) -> None:
    turns, work = Turns(), Work(current())
    with turns.of(object()):
        waiting = Builder(turns, pool, object(), work)
        work.stop()
        with pytest.raises(Stopped):
            waiting.outcome.result(30)
