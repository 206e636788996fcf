from __future__ import annotations

import threading
from contextlib import closing

import pytest

from interlock.engines.process import run
from interlock.engines.threads import in_order, in_threads
from interlock.engines.work import Stopped


def test_calls_run_side_by_side_and_results_keep_their_order():
    meeting = threading.Barrier(2, timeout=30)

    def call(item: int) -> int:
        meeting.wait()
        return item * 2

    assert in_threads(call, [1, 2], workers=4) == [2, 4]
    assert in_threads(call, [], workers=4) == []


def test_a_failure_ends_the_programs_of_the_others(tmp_path):
    started = threading.Event()

    def call(item: str) -> int:
        if item == "fails":
            started.wait(30)
            raise ValueError(item)
        started.set()
        return run(["sleep", "600"], env={"PATH": "/usr/bin:/bin"}).returncode

    with pytest.raises(ValueError, match="fails"):
        in_threads(call, ["sleeps", "fails", "never begins"], workers=2)


PATH = {"PATH": "/usr/bin:/bin"}


class Calls:
    """Calls that wait for others to begin or end, each known by its name."""

    def __init__(self, *names: str) -> None:
        self.began = {name: threading.Event() for name in names}
        self.ended = {name: threading.Event() for name in names}
        self.outcomes: dict[str, BaseException] = {}

    def __call__(self, name: str) -> str:
        self.began[name].set()
        try:
            return getattr(self, name)()
        except BaseException as error:
            self.outcomes[name] = error
            raise
        finally:
            self.ended[name].set()


def test_results_come_in_order_whatever_ends_first() -> None:
    class Three(Calls):
        def first(self) -> str:
            assert self.ended["second"].wait(30)
            return "1"

        def second(self) -> str:
            assert self.began["first"].wait(30)
            return "2"

        def third(self) -> str:
            return "3"

    names = ["first", "second", "third"]
    assert list(in_order(Three(*names), names, workers=2)) == ["1", "2", "3"]


def test_the_first_failure_in_order_counts_and_ends_what_comes_after_it() -> None:
    class Some(Calls):
        def works(self) -> str:
            return "1"

        def fails(self) -> str:
            # What comes after it has failed and been stopped by then; this goes on.
            assert self.ended["programs"].wait(30)
            assert run(["true"], env=PATH).returncode == 0
            raise ValueError("first")

        def fails_earlier(self) -> str:
            assert self.began["programs"].wait(30)
            raise ValueError("second")

        def programs(self) -> str:
            return str(run(["sleep", "600"], env=PATH))

        def never_begins(self) -> str:
            return "5"

    names = ["works", "fails", "fails_earlier", "programs", "never_begins"]
    calls = Some(*names)
    results = in_order(calls, names, workers=3)
    assert next(results) == "1"
    with pytest.raises(ValueError, match="first"):
        next(results)
    assert type(calls.outcomes["programs"]) is Stopped
    assert not calls.began["never_begins"].is_set()


def test_closing_ends_everything() -> None:
    class Some(Calls):
        def works(self) -> str:
            assert self.began["programs"].wait(30)
            return "1"

        def programs(self) -> str:
            return str(run(["sleep", "600"], env=PATH))

        def never_begins(self) -> str:
            assert self.ended["programs"].wait(30)
            return str(run(["true"], env=PATH))

    names = ["works", "programs", "never_begins"]
    calls = Some(*names)
    with closing(in_order(calls, names, workers=2)) as results:
        assert next(results) == "1"
    assert calls.ended["programs"].wait(30)
    assert type(calls.outcomes["programs"]) is Stopped


@pytest.mark.parametrize(("items", "workers"), [(["only"], 8), (["one", "other"], 1)])
def test_without_company_a_call_happens_here(items: list[str], workers: int) -> None:
    asked = []

    def call(item: str) -> int:
        asked.append(item)
        return threading.get_ident()

    results = in_order(call, items, workers=workers)
    assert asked == []
    assert next(results) == threading.get_ident()
    assert asked == items[:1]
    assert list(results) == [threading.get_ident()] * (len(items) - 1)
