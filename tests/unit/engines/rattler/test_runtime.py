from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from interlock.engines.rattler import runtime
from interlock.engines.rattler.candidates import query
from kit.channel import Channel


def test_caches_follow_the_users_choice(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert runtime.package_cache_dir() == own_cache / "conda" / "pkgs"
    monkeypatch.setenv("RATTLER_CACHE_DIR", "/shared")
    assert runtime.package_cache_dir() is None
    monkeypatch.delenv("RATTLER_CACHE_DIR")
    monkeypatch.delenv("INTERLOCK_CACHE_DIR")
    assert runtime.conda_cache_dir() is None


def test_the_end_of_a_foreign_thread_is_awaited(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = [{7}, {7}, set()]
    monkeypatch.setattr(runtime, "_foreign_threads", lambda: busy.pop(0))
    runtime._wait_for_threads(set())
    assert busy == []


def test_threads_that_were_there_before_are_not_awaited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "_foreign_threads", lambda: {7})
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("waited"))
    runtime._wait_for_threads({7})


def test_python_threads_are_not_foreign() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    before = runtime._foreign_threads()
    thread.start()
    assert runtime._foreign_threads() - before == set()
    stop.set()
    thread.join()


def test_an_interpreter_that_ends_right_after_a_solve(channel: Channel) -> None:
    channel.add("lib", "1.0")
    code = (
        "import sys; from interlock.engines.rattler.candidates import query;"
        f" sys.exit(len(query([{channel.url!r}], 'linux-64', ['lib'])) - 1)"
    )
    running = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(4)]
    assert [process.wait() for process in running] == [0, 0, 0, 0]


def test_a_local_channel_is_read_again_when_it_was_written(channel: Channel) -> None:
    channel.add("lib", "1.0")
    assert [record.version for record in query([channel.url], "linux-64", ["lib"])] == ["1.0"]
    before = dict(runtime.last_read)
    query([channel.url], "linux-64", ["lib"])
    assert runtime.last_read == before
    channel.add("lib", "2.0")
    assert [record.version for record in query([channel.url], "linux-64", ["lib"])] == ["2.0", "1.0"]
    assert runtime.last_read != before
