"""Events of a build on a worker, sent to the client while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from interlock.distributed.payload import dumps
from interlock_hooks.types import BuildOutput, BuildStarted, Event

if TYPE_CHECKING:
    from pathlib import Path

# All builds of all clients use one topic, because the scheduler keeps the latest messages of each topic for ever.
TOPIC = "interlock-builds"
# Listeners show the last line only; the complete log comes at the end.
_INTERVAL_SECONDS = 0.25


class Forward:
    """A receiver of events that sends them on; of the lines in one interval only the last one."""

    def __init__(self, identity: str, send: Callable[[object], None]) -> None:
        self._identity = identity
        self._send = send
        self._line: BuildOutput | None = None
        self._sent = 0.0
        self.log: Path | None = None

    def __call__(self, event: Event) -> None:
        """Send an event now or, if it is a line of output, before long."""
        if isinstance(event, BuildOutput):
            self._line = event
            if time.monotonic() - self._sent >= _INTERVAL_SECONDS:
                self._flush()
            return
        if isinstance(event, BuildStarted):
            self.log = event.log
        self._flush(event)

    def close(self) -> None:
        """Send what is left, and that this was all."""
        self._flush()
        self._send([self._identity, b""])

    def _flush(self, *events: Event) -> None:
        line, self._line = self._line, None
        self._sent = time.monotonic()
        found = [event for event in (line, *events) if event is not None]
        if found:
            self._send([self._identity, dumps(found)])
