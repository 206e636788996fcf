"""Events of a build on a worker, sent to the client while it runs."""

from __future__ import annotations

import threading
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
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self.log: Path | None = None

    def __call__(self, event: Event) -> None:
        """Send an event now or, if it is a line of output, at the end of the interval."""
        with self._lock:
            if not isinstance(event, BuildOutput):
                if isinstance(event, BuildStarted):
                    self.log = event.log
                self._flush(event)
                return
            self._line = event
            wait = self._sent + _INTERVAL_SECONDS - time.monotonic()
            if wait <= 0:
                self._flush()
            elif self._timer is None:
                # A build that says nothing more for an hour is still to be seen with its last line.
                self._timer = threading.Timer(wait, self._late)
                self._timer.daemon = True
                self._timer.start()

    def close(self) -> None:
        """Send what is left, and that this was all."""
        with self._lock:
            self._flush()
            self._send([self._identity, b""])

    def _late(self) -> None:
        with self._lock:
            self._flush()

    def _flush(self, *events: Event) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        line, self._line = self._line, None
        self._sent = time.monotonic()
        found = [event for event in (line, *events) if event is not None]
        if found:
            self._send([self._identity, dumps(found)])
