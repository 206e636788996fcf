"""What Python code writes to the file system and which programs it starts, as the interpreter's audit events tell."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# For each event, which of its arguments are paths that it changes.
_CHANGES = {
    **dict.fromkeys(("os.mkdir", "os.remove", "os.rmdir", "os.truncate", "os.chmod", "os.chown", "os.utime"), (0,)),
    **dict.fromkeys(("os.rename", "os.link"), (0, 1)),
    "os.symlink": (1,),
}
_PROGRAMS = frozenset({"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"})


class Watch:
    """Collects what happens within :meth:`watching`: ``outside`` are changes elsewhere than below ``allowed``."""

    def __init__(self, allowed: Sequence[Path]) -> None:
        self._allowed = [os.path.realpath(path) for path in allowed]
        self._active = False
        self.outside: list[str] = []
        self.programs: list[str] = []
        # There is no way to take it off again.
        sys.addaudithook(self._hear)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Begin anew, and end with the block."""
        self.outside, self.programs = [], []
        self._active = True
        try:
            yield
        finally:
            self._active = False

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._active:
            return
        if event in _PROGRAMS:
            self.programs.append(str(arguments[0]))
        elif event == "open":
            path, _, flags = arguments
            if isinstance(flags, int) and flags & _WRITING:
                self._changed(event, path)
        else:
            for number in _CHANGES.get(event, ()):
                self._changed(event, arguments[number])

    def _changed(self, event: str, path: object) -> None:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return
        text = os.fsdecode(path)
        # A link itself is changed where it lies, and a file where links lead.
        real = os.path.realpath(text) if event == "open" else _real_place(text)
        if not any(real == place or real.startswith(f"{place}/") for place in self._allowed) and real != os.devnull:
            self.outside.append(f"{event} {text}")


def _real_place(text: str) -> str:
    path = Path(text).absolute()
    return str(path.parent.resolve() / path.name)
