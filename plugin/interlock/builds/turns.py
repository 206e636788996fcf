"""Turns of those that build: together they would take more of the machine than each of them may."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from interlock.engines.work import Stopped, current

# How often those that wait see whether anybody still waits for them.
_LOOK_SECONDS = 0.1


class Turns:
    """Lets one holder at a time build; its own builds may run at the same time, in several threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._holder: object | None = None
        self._running = 0

    @contextmanager
    def of(self, holder: object) -> Iterator[None]:
        """Do the block when nobody else builds. Raises :class:`Stopped` if the work is stopped meanwhile."""
        with self._changed:
            while self._holder is not None and self._holder is not holder:
                if current().stopped:
                    raise Stopped
                self._changed.wait(_LOOK_SECONDS)
            self._holder = holder
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                if not self._running:
                    self._holder = None
                    self._changed.notify_all()
