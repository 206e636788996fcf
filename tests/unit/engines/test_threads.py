from __future__ import annotations

import threading

import pytest

from interlock.engines.process import run
from interlock.engines.threads import in_threads


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
