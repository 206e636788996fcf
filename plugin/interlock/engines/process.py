"""The one place that runs other programs: own process group, streamed output, nothing left behind."""

from __future__ import annotations

import codecs
import io
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, NamedTuple

from interlock.engines.work import running

if TYPE_CHECKING:
    from pathlib import Path

# Compilers end at once on SIGTERM; what ignores it must not outlive the command by more than this.
_GRACE_SECONDS = 0.5
_PIECE = 1 << 16
# A "line" without an end, as from a program that prints binary data, is handed on in parts.
_LONGEST_LINE = 1 << 16


class Completed(NamedTuple):
    """A program that ended: its arguments, exit status (negative: the signal that ended it) and output."""

    args: tuple[str, ...]
    returncode: int
    stdout: str
    stderr: str


class ProcessTimeout(Exception):  # noqa: N818 - reads as the event that it is, like subprocess.TimeoutExpired
    """A program was ended because it ran longer than allowed; ``seconds`` is the limit."""

    def __init__(self, args: Sequence[str], seconds: float) -> None:
        super().__init__(f"{args[0]} ran longer than {seconds:g} s")
        self.seconds = seconds


def run(
    args: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    timeout: float | None = None,
    on_error_line: Callable[[str], None] | None = None,
    given: bytes = b"",
) -> Completed:
    """Run a program to its end and capture its output; ``given`` is what it can read from its standard input.

    ``on_error_line`` is called with each line of stderr as it appears. Raises :class:`OSError` when the program cannot
    be started (:class:`FileNotFoundError`, :class:`PermissionError`) and :class:`ProcessTimeout` after ``timeout``
    seconds. What it started in its process group ends with it.
    """
    command = [os.fspath(arg) for arg in args]
    out, err, lines = bytearray(), bytearray(), _Lines()
    with _started(command, env, cwd, stderr=subprocess.PIPE, given=given) as process:
        for pipe, piece in _output(process, timeout):
            (out if pipe is process.stdout else err).extend(piece)
            if on_error_line is not None and pipe is process.stderr:
                for line in lines.feed(piece):
                    on_error_line(line)
    if on_error_line is not None:
        for line in lines.feed(b"", final=True):
            on_error_line(line)
    return Completed(tuple(command), process.returncode, _text(out), _text(err))


def stream(
    args: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    on_line: Callable[[str], None],
    cwd: Path | None = None,
    timeout: float | None = None,
) -> int:
    """Run a program and hand on each line of its output (both streams, in order) as it appears; return its status.

    A carriage return ends a line too, so that progress bars are lines. Raises like :func:`run`.
    """
    command = [os.fspath(arg) for arg in args]
    lines = _Lines()
    with _started(command, env, cwd, stderr=subprocess.STDOUT) as process:
        for _, piece in _output(process, timeout):
            for line in lines.feed(piece):
                on_line(line)
        for line in lines.feed(b"", final=True):
            on_line(line)
    return process.returncode


class _Lines:
    """Cuts output into lines, whatever ends them."""

    def __init__(self) -> None:
        self._decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-8")("replace"), translate=True)
        self._rest = ""

    def feed(self, piece: bytes, *, final: bool = False) -> list[str]:
        """The lines that ``piece`` completes; with ``final`` also the one that is left without an end."""
        *lines, self._rest = (self._rest + self._decoder.decode(piece, final)).split("\n")
        if self._rest and (final or len(self._rest) > _LONGEST_LINE):
            lines.append(self._rest)
            self._rest = ""
        return lines


def _text(data: bytearray) -> str:
    return data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")


@contextmanager
def _started(
    command: Sequence[str], env: Mapping[str, str], cwd: Path | None, *, stderr: int, given: bytes = b""
) -> Iterator[subprocess.Popen[bytes]]:
    """A running program in a session of its own; it is ended when the block is left by an exception."""

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.PIPE if given else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            bufsize=0,
            start_new_session=True,
        )

    with running(start, end_group) as process:
        # In a thread: it may be more than a pipe holds.
        if process.stdin is not None:
            threading.Thread(target=_give, args=(process.stdin, given), daemon=True).start()
        try:
            yield process
        except BaseException:
            end_group(process)
            raise
        finally:
            for pipe in _pipes(process):
                pipe.close()


def _give(pipe: IO[bytes], content: bytes) -> None:
    rest = memoryview(content)
    with suppress(BrokenPipeError), pipe:
        while rest:
            rest = rest[pipe.write(rest) :]


def _output(process: subprocess.Popen[bytes], timeout: float | None) -> Iterator[tuple[IO[bytes], bytes]]:
    """Pieces of output, each with the pipe that it came from, until the program has ended.

    The end of the program decides, not that of its output: a server that a build starts (a compiler cache, say)
    inherits the pipes and would hold them open for ever.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    last_call: float | None = None
    ended, at_end = os.pipe()
    threading.Thread(target=_wait_and_sweep, args=(process, at_end), daemon=True).start()
    with selectors.DefaultSelector() as selector, os.fdopen(ended, "rb") as end:
        for pipe in (*_pipes(process), end):
            selector.register(pipe, selectors.EVENT_READ, pipe)
        while True:
            now = time.monotonic()
            if last_call is None and deadline is not None and now >= deadline:
                raise ProcessTimeout(process.args, timeout or 0)  # type: ignore[arg-type]  # a list, as it was started
            patience = 0 if last_call is not None else None if deadline is None else deadline - now
            ready = [key.data for key, _ in selector.select(patience)]
            if last_call is not None and (not ready or now > last_call):
                return
            for pipe in ready:
                if pipe is end:
                    selector.unregister(end)
                    last_call = now + _GRACE_SECONDS
                elif piece := os.read(pipe.fileno(), _PIECE):
                    yield pipe, piece
                else:
                    selector.unregister(pipe)


def _pipes(process: subprocess.Popen[bytes]) -> list[IO[bytes]]:
    return [pipe for pipe in (process.stdout, process.stderr) if pipe is not None]


def _wait_and_sweep(process: subprocess.Popen[bytes], at_end: int) -> None:
    """Wait for a program, end what it left running in its group, and close ``at_end``."""
    try:
        process.wait()
        _end([-process.pid])
    finally:
        os.close(at_end)


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a program and all its children: politely first, by force after half a second."""
    # Asked before anything ends: an orphan in a session of its own could not be found any more.
    _end([-process.pid, *_children_elsewhere(process)])
    process.wait()


def end_strays(name: str, value: str) -> None:
    """End every program that was started with this value of a variable and has outlived whoever started it.

    A program that leaves its process group and loses its parent can only be known by its variables.
    """
    import psutil

    strays = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(name) == value:
                strays.append(process.pid)
    _end(strays)


def _children_elsewhere(process: subprocess.Popen[bytes]) -> list[int]:
    """Descendants of a program that have left its process group."""
    import psutil  # only needed when something is ended early

    try:
        children = psutil.Process(process.pid).children(recursive=True)
    except psutil.Error:
        return []
    found = []
    for child in children:
        with suppress(ProcessLookupError, PermissionError):
            if os.getpgid(child.pid) != process.pid:
                found.append(child.pid)
    return found


def _end(targets: Sequence[int]) -> None:
    """End processes, and process groups, which are negative numbers as for ``kill``."""
    alive = [target for target in targets if _signal(target, signal.SIGTERM)]
    deadline = time.monotonic() + _GRACE_SECONDS
    while alive and time.monotonic() < deadline:
        time.sleep(0.01)
        alive = [target for target in alive if _signal(target, 0)]
    for target in alive:
        _signal(target, signal.SIGKILL)


def _signal(target: int, number: int) -> bool:
    """Send a signal; false if there is no such process."""
    try:
        os.kill(target, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True
