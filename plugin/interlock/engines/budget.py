"""What a build may use of this machine: space in its folder, and memory. Whoever uses more is ended.

Looked at a few times a second: what is used in between may be more for a moment. Limits that hold at once are set for
single files by :class:`~interlock.engines.confinement.Confinement`, and for memory, where the system allows it, by
:mod:`~interlock.engines.control_group`.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

_PAUSE = 0.25  # seconds
_SHARE = 10  # looking may take a tenth of the time


@dataclass
class Budget:
    """Limits in bytes, ``None`` for none, and which of them was exceeded, by using how much."""

    disk: int | None
    memory: int | None
    exceeded: tuple[Literal["disk", "memory"], int] | None = None
    _over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def watched(self, folder: str, mark: tuple[str, str], end: Callable[[], None]) -> Iterator[None]:
        """Call ``end`` when the programs of the block have used too much.

        They write below ``folder``; what lies there now does not count. ``mark`` is the name and value of a variable
        that they and no others have.
        """
        if self.disk is None and self.memory is None:
            yield
            return
        before = used_space(folder) if self.disk is not None else 0
        watch = threading.Thread(target=self._watch, args=(folder, before, mark, end), daemon=True)
        watch.start()
        try:
            yield
        finally:
            self._over.set()
            watch.join()

    def _watch(self, folder: str, before: int, mark: tuple[str, str], end: Callable[[], None]) -> None:
        pause = _PAUSE
        while not self._over.wait(pause):
            began = time.monotonic()
            if self.disk is not None and (space := used_space(folder) - before) > self.disk:
                self.exceeded = ("disk", space)
            elif self.memory is not None and (memory := used_memory(*mark)) > self.memory:
                self.exceeded = ("memory", memory)
            if self.exceeded:
                end()
                return
            pause = max(_PAUSE, _SHARE * (time.monotonic() - began))


def used_space(folder: str) -> int:
    """The bytes that a folder takes on the disk. What has another name as well lies elsewhere too, and is left out."""
    total = 0
    for where, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                found = os.lstat(os.path.join(where, name))  # noqa: PTH118 - a build has many files
                total += found.st_blocks * 512 if found.st_nlink == 1 else 0
    return total


def used_memory(name: str, value: str) -> int:
    """The bytes of memory that the programs with this value of a variable have to themselves."""
    import psutil

    total = 0
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(name) == value:
                memory = process.memory_info()
                total += memory.rss - getattr(memory, "shared", 0)
    return total
