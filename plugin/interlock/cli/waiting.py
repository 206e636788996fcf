"""A sign of life in a terminal while there is nothing better to show: imports, files that are read or compared."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

from interlock.core.durations import clock_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO

# How long a command may say nothing, in seconds.
PATIENCE = 0.5
_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_FRAME_SECONDS = 0.1
_ERASED = "\r\x1b[K"


class Waiting:
    """What a command is called and how long it has been at it, on one line, once it has said nothing for a while.

    It needs the standard library alone: importing rich is part of the wait. ``clock`` gives seconds, as
    :func:`time.monotonic` does, and ``patience`` is a number of them.
    """

    def __init__(
        self,
        label: str,
        stream: IO[str],
        *,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._label = label
        self._stream = stream
        self._patience = patience
        self._clock = clock
        self._began = clock()
        self._what = ""
        self._hidden = threading.Event()
        self._thread: threading.Thread | None = None

    def show(self) -> None:
        """Begin to wait: nothing is shown at first."""
        self._hidden = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(self._hidden,), daemon=True)
        self._thread.start()

    def hide(self) -> None:
        """Leave nothing of it on the screen."""
        if self._thread is not None:
            self._hidden.set()
            self._thread.join()
            self._thread = None

    def tell(self, what: str) -> None:
        """Show what is worked on."""
        # A file can have any name.
        self._what = "".join(character if character.isprintable() else "?" for character in what)

    def frame(self, columns: int = 80) -> str:
        """What is shown now in a terminal of that width."""
        now = self._clock()
        text = f"{sign_at(now)} {self._label} {clock_text(now - self._began)} {self._what}"
        return text.rstrip()[: max(columns - 1, 0)]

    def _run(self, hidden: threading.Event) -> None:
        if hidden.wait(self._patience):
            return
        while True:
            self._write(f"{_ERASED}{self.frame(_columns(self._stream))}")
            if hidden.wait(_FRAME_SECONDS):
                break
        self._write(_ERASED)

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # the terminal is gone
            self._hidden.set()


def _columns(stream: IO[str]) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def sign_at(seconds: float) -> str:
    """What turns while a command is at work, as it looks at a moment."""
    return _FRAMES[int(seconds / _FRAME_SECONDS) % len(_FRAMES)]


def can_animate(stream: IO[str]) -> bool:
    """Whether a stream leads to a terminal in which a line can be written again."""
    return stream.isatty() and os.environ.get("TERM") not in (None, "", "dumb", "unknown")
