"""Ending what runs for one piece of work, and nothing else."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar

import pytest

from interlock.engines.process import run
from interlock.engines.work import Stopped, Work, current, end_all, running

_SLEEPS = ["sh", "-c", "echo; exec sleep 600"]


class Program:
    """Something that runs until it is ended, in a thread that does ``work``."""

    def __init__(self, pool: ThreadPoolExecutor, work: Work) -> None:
        self.began = threading.Event()
        self.ended = threading.Event()
        self.outcome: Future[str] = pool.submit(work.within(self._wait), "ran")
        assert self.began.wait(30)

    def _wait(self, answer: str) -> str:
        with running(self.began.set, lambda _: self.ended.set()):
            assert self.ended.wait(30)
        return answer


@pytest.fixture
def pool():
    with ThreadPoolExecutor() as pool:
        yield pool


def test_stopping_ends_a_piece_of_work_with_its_parts(pool: ThreadPoolExecutor) -> None:
    work, other = Work(current()), Work(current())
    part = Work(work)
    mine, of_part, others = Program(pool, work), Program(pool, part), Program(pool, other)
    work.stop()
    for program in (mine, of_part):
        with pytest.raises(Stopped):
            program.outcome.result(30)
    assert not others.ended.is_set()
    end_all()
    # It was ended, not stopped: what comes of that is the result.
    assert others.outcome.result(30) == "ran"


def test_in_stopped_work_nothing_begins() -> None:
    work = Work(current())
    work.stop()
    with Work(work).begun(), pytest.raises(Stopped):
        run(["true"], env={})
    assert run(["true"], env={"PATH": "/usr/bin:/bin"}).returncode == 0


def test_a_program_of_stopped_work_has_no_result(pool: ThreadPoolExecutor) -> None:
    work, started = Work(current()), threading.Event()

    def sleep(_: None) -> object:
        started.set()
        return run(["sleep", "600"], env={"PATH": "/usr/bin:/bin"})

    sleeping = pool.submit(work.within(sleep), None)
    assert started.wait(30)
    work.stop()
    with pytest.raises(Stopped):
        sleeping.result(30)


def test_work_in_another_thread_sees_the_variables_of_where_it_was_given(pool: ThreadPoolExecutor) -> None:
    variable = ContextVar("variable", default="unset")
    token = variable.set("set")
    call = Work(current()).within(lambda _: variable.get())
    variable.reset(token)
    assert pool.submit(call, None).result() == "set"
    assert variable.get() == "unset"
