from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from rattler import Gateway

from interlock.engines.rattler import runtime
from interlock.engines.rattler.candidates import query
from interlock.engines.work import Stopped, Work, current
from interlock_hooks.testing.channel import Channel


def test_the_end_of_a_foreign_thread_is_awaited(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = [{7}, {7}, set()]
    monkeypatch.setattr(runtime, "_foreign_threads", lambda: busy.pop(0))
    runtime._wait_for_threads(frozenset())
    assert busy == []


def test_threads_that_were_there_before_are_not_awaited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "_foreign_threads", lambda: {7})
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("waited"))
    runtime._wait_for_threads(frozenset({7}))


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


def test_a_local_channel_is_read_again_when_it_was_written(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    channel.add("lib", "1.0")
    assert [record.version for record in query([channel.url], "linux-64", ["lib"])] == ["1.0"]
    forgotten: list[str] = []
    forget = Gateway.clear_repodata_cache
    monkeypatch.setattr(
        Gateway, "clear_repodata_cache", lambda self, one: (forgotten.append(one.base_url), forget(self, one))
    )
    query([channel.url], "linux-64", ["lib"])
    assert forgotten == []
    channel.add("lib", "2.0")
    assert [record.version for record in query([channel.url], "linux-64", ["lib"])] == ["2.0", "1.0"]
    assert len(forgotten) == 1


def test_what_is_asked_of_rattler_ends_with_the_work_that_it_is_for() -> None:
    work = Work(current())
    began = threading.Event()

    async def endless() -> None:
        began.set()
        await asyncio.Event().wait()

    with ThreadPoolExecutor() as pool:
        asking = pool.submit(work.within(runtime.run), endless())
        assert began.wait(30)
        work.stop()
        with pytest.raises(Stopped):
            asking.result(30)
        with pytest.raises(Stopped):
            pool.submit(work.within(runtime.run), endless()).result(30)
