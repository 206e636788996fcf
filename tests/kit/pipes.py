"""A named pipe through which a program under test says where it is, so that no test has to poll or sleep."""

from __future__ import annotations

import os
import select
from pathlib import Path

_PATIENCE_SECONDS = 60


class Pipe:
    """A named pipe at ``path``; a program opens it for writing, :meth:`read` waits for what it writes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path)
        # Opened at once and without blocking, so that a writer never waits for the test to come round to reading.
        self._handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def read(self) -> str:
        """What the first writer writes until it closes the pipe.

        Raises :class:`TimeoutError` when nobody writes within a minute.
        """
        poll = select.poll()
        poll.register(self._handle, select.POLLIN)
        text = b""
        while True:
            if not poll.poll(_PATIENCE_SECONDS * 1000):
                raise TimeoutError(f"nobody wrote to {self.path}")
            piece = os.read(self._handle, 1024)
            if not piece:
                return text.decode()
            text += piece

    def close(self) -> None:
        """Give the pipe up."""
        os.close(self._handle)
