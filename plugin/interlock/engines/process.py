"""The one place that runs other programs: own process group, streamed output, nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Compilers end at once on SIGTERM; what ignores it must not outlive the command by more than this.
_GRACE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Completed:
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
    input: str | None = None,  # noqa: A002 - the name that subprocess uses
    timeout: float | None = None,
) -> Completed:
    """Run a program to its end and capture its output.

    Raises :class:`FileNotFoundError` or :class:`PermissionError` when it cannot be started and :class:`ProcessTimeout`
    after ``timeout`` seconds. The program and its children are ended when this call is left by an exception.
    """
    command = [os.fspath(arg) for arg in args]
    process = subprocess.Popen(
        command,
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL if input is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    with _group(process):
        try:
            stdout, stderr = process.communicate(input, timeout=timeout)
        except subprocess.TimeoutExpired as error:
            raise ProcessTimeout(command, error.timeout) from None
    return Completed(tuple(command), process.returncode, stdout, stderr)


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
    process = subprocess.Popen(
        command,
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    expired = threading.Event()

    def expire() -> None:
        expired.set()
        end_group(process)

    timer = threading.Timer(timeout, expire) if timeout else None
    if timer:
        timer.daemon = True
        timer.start()
    try:
        with _group(process):
            assert process.stdout is not None  # noqa: S101 - asked for with PIPE
            with process.stdout as output:
                for line in output:
                    on_line(line.rstrip("\n"))
            process.wait()
    finally:
        if timer:
            timer.cancel()
    if expired.is_set() and timeout:
        raise ProcessTimeout(command, timeout)
    return process.returncode


def end_group(process: subprocess.Popen[str]) -> None:
    """End a program and all its children: politely first, by force after half a second."""
    # The leader may be gone while children that it left behind still run in its group.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + _GRACE_SECONDS
    while time.monotonic() < deadline and _group_lives(process):
        time.sleep(0.01)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _group_lives(process: subprocess.Popen[str]) -> bool:
    process.poll()
    try:
        os.killpg(process.pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


_running: set[subprocess.Popen[str]] = set()
_running_lock = threading.Lock()


@contextmanager
def _group(process: subprocess.Popen[str]) -> Iterator[None]:
    with _running_lock:
        _running.add(process)
    try:
        yield
    except BaseException:
        end_group(process)
        raise
    finally:
        with _running_lock:
            _running.discard(process)


def end_all() -> None:
    """End every program that runs now; for an interrupt that arrives while builds run in other threads."""
    with _running_lock:
        processes = list(_running)
    enders = [threading.Thread(target=end_group, args=(process,)) for process in processes]
    for ender in enders:
        ender.start()
    for ender in enders:
        ender.join()
