from __future__ import annotations

import queue
from typing import Any

from interlock.distributed.forward import Forward
from interlock.distributed.payload import loads
from interlock_hooks.types import BuildFinished, BuildOutput

FINISHED = BuildFinished(name="demo", version="1", ok=True, seconds=1.0)


def line(text: str) -> BuildOutput:
    return BuildOutput(name="demo", line=text)


class Receiver:
    """What was sent, in order."""

    def __init__(self) -> None:
        self._messages: queue.Queue[list[Any]] = queue.Queue()

    def __call__(self, message: Any) -> None:
        self._messages.put(message)

    def next(self) -> list[Any] | str:
        identity, data = self._messages.get(timeout=30)
        assert identity == "id"
        return list(loads(data)) if data else "end"


def test_the_last_line_arrives_though_nothing_follows() -> None:
    receiver = Receiver()
    forward = Forward("id", receiver)
    forward(line("one"))
    assert receiver.next() == [line("one")]
    forward(line("two"))
    forward(line("three"))
    assert receiver.next() == [line("three")]


def test_other_events_take_the_waiting_line_along() -> None:
    receiver = Receiver()
    forward = Forward("id", receiver)
    forward(line("one"))
    forward(line("two"))
    forward(FINISHED)
    forward.close()
    assert [receiver.next() for _ in range(3)] == [[line("one")], [line("two"), FINISHED], "end"]
