"""Runs the command line and kills it, with all that it started, at a chosen moment.

A script for :mod:`kit.fork_server`: ``victim.py FAULT PROGRAM ARGUMENTS``. The command is a child of this process, and
what it starts becomes one when its parent dies, so that nothing of it outlives the kill. A moment is one of the side
effects that Python announces to audit hooks (PEP 578) before it has them, so that no code has to be made for a test.
"""

from __future__ import annotations

import ctypes
import json
import os
import runpy
import select
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# The exit status of a command that was killed.
KILLED = 99
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER
_PATHS = {  # by event, the places of paths among its arguments, each with that of a directory that it is relative to
    "os.rename": ((0, 2), (1, 3)),
    "os.link": ((0, 2), (1, 3)),
    "os.symlink": ((1, 2),),
    "os.remove": ((0, 1),),
    "os.rmdir": ((0, 1),),
    "os.mkdir": ((0, 2),),
    "os.chmod": ((0, 2),),
    "os.truncate": ((0, None),),
}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """When a command is killed: before its side effect number ``at``, or ``delay`` seconds after that.

    Without ``at``, that long after its start; without both, never. ``torn`` lets a file be opened, and emptied, first.
    ``alone`` kills the command but not what it started. Only what happens below ``root`` counts, and locks, and
    programs that are started; the side effects are written to ``log``.
    """

    root: str
    at: int | None = None
    delay: float | None = None
    torn: bool = False
    alone: bool = False
    log: str | None = None

    def text(self) -> str:
        """For the command line."""
        return json.dumps(asdict(self))


class _Points:
    """An audit hook that counts side effects and tells ``pipe`` when the chosen one is about to happen."""

    def __init__(self, fault: Fault, pipe: int) -> None:
        self._fault = fault
        self._pipe = pipe
        self._number = -1
        self._log = None if fault.log is None else os.open(fault.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        point = self._point(event, args)
        if point is None:
            return
        self._number += 1
        if self._log is not None:
            os.write(self._log, f"{json.dumps([event, *point])}\n".encode())
        if self._number == self._fault.at:
            if self._fault.torn and event == "open":
                flags = os.O_WRONLY | os.O_CREAT | (args[2] & os.O_TRUNC)
                os.close(os.open(args[0], flags))
            os.write(self._pipe, b"!")
            if self._fault.delay is None:
                os.kill(os.getpid(), signal.SIGSTOP)

    def _point(self, event: str, args: tuple[Any, ...]) -> list[str] | None:
        """What a side effect concerns; ``None`` for everything else."""
        if event == "subprocess.Popen":
            return [str(args[0])]
        if event == "fcntl.flock":
            return [str(args[1])]
        if event == "open":
            path, mode, flags = args
            writes = isinstance(path, (str, bytes, os.PathLike)) and (flags & _WRITING or set(mode or "") & set("wax+"))
            found = [_path(path, None)] if writes else []
        else:
            places = _PATHS.get(event, ())
            found = [_path(args[one], None if base is None else args[base]) for one, base in places]
        return found if any(path.startswith(self._fault.root) for path in found) else None


def _path(path: Any, base: Any) -> str:
    if isinstance(path, int):
        return ""
    folder = ""
    if isinstance(base, int) and base >= 0:
        with suppress(OSError):
            folder = str(Path(f"/proc/self/fd/{base}").readlink())
    return os.path.join(folder, os.fsdecode(path))  # noqa: PTH118 - either may be absolute


def main(fault: Fault, command: Sequence[str]) -> int:
    """Run the command and return its exit status, or ``KILLED``."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid:
        os.close(theirs)
        return _attend(pid, ours, fault)
    os.close(ours)
    sys.addaudithook(_Points(fault, theirs))
    sys.argv[:] = command
    sys.path[0] = str(Path(command[0]).parent)
    runpy.run_path(command[0], run_name="__main__")
    return 0


def _attend(pid: int, pipe: int, fault: Fault) -> int:
    until = None if fault.delay is None or fault.at is not None else time.monotonic() + fault.delay
    while True:
        ready, _, _ = select.select([pipe], [], [], None if until is None else max(until - time.monotonic(), 0))
        if ready and not os.read(pipe, 1):
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if not ready or fault.delay is None:
            _kill(pid, alone=fault.alone)
            return KILLED
        until = time.monotonic() + fault.delay


def _kill(pid: int, *, alone: bool) -> None:
    os.kill(pid, signal.SIGSTOP)
    if alone:
        os.kill(pid, signal.SIGKILL)
        return
    stopped = {pid}
    while new := _descendants() - stopped:
        for each in new:
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGSTOP)
        stopped |= new
    for each in stopped:
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def _descendants() -> set[int]:
    import psutil

    return {child.pid for child in psutil.Process().children(recursive=True)}


if __name__ == "__main__":
    sys.exit(main(Fault(**json.loads(sys.argv[1])), sys.argv[2:]))
