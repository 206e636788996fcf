"""Programs that are the user's: they get this process's terminal, standard input and signals, or take its place."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import subprocess
    from types import FrameType

# What Python ignores and a shell does not.
_PYTHONS = (signal.SIGPIPE, signal.SIGXFSZ)
_HANDED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# What a shell adds to the number of the signal that ended a program.
_SIGNALLED = 128


def become(program: str, command: Sequence[str], env: Mapping[str, str]) -> NoReturn:
    """Replace this process by ``program`` with the arguments ``command``, of which the first is its name.

    Raises :class:`InterlockError` (IL195) when it cannot be started.
    """
    sys.stdout.flush()
    with _explained(program), _as_in_a_shell():
        try:
            os.execve(program, [*command], env)  # noqa: S606 - becoming the program is what this is for
        except OSError as error:
            if error.errno != errno.ENOEXEC:
                raise
        # A script without #! is one for sh, as for every shell.
        os.execve("/bin/sh", ["sh", program, *command[1:]], env)  # noqa: S606
    raise AssertionError("the process was replaced")


def attend(program: str, command: Sequence[str], env: Mapping[str, str]) -> int:
    """Run ``program`` with our standard input, its output on our stderr, and return its exit code.

    A program that a signal ended has the code that a shell gives it, 128 and the signal's number. Signals that would
    end us are the program's: it decides what they mean. Raises :class:`InterlockError` (IL195) when it cannot be
    started.
    """
    relay = _Relay()
    with relay.listening(), _explained(program):
        process = _start(program, command, env)
        relay.found(process)
        status = process.wait()
    return status if status >= 0 else _SIGNALLED - status


def _start(program: str, command: Sequence[str], env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # Imported here: who becomes the program does not start one.
    import subprocess

    try:
        return subprocess.Popen([*command], executable=program, env=env, stdout=sys.stderr)
    except OSError as error:
        if error.errno != errno.ENOEXEC:
            raise
    return subprocess.Popen(["sh", program, *command[1:]], executable="/bin/sh", env=env, stdout=sys.stderr)


@contextmanager
def _as_in_a_shell() -> Iterator[None]:
    """No signal is ignored that Python alone ignores."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in _PYTHONS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Relay:
    """Hands signals on to a program, also those that arrive before it is there."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take the signals for the block; those that are ignored stay ignored."""
        before = {number: signal.getsignal(number) for number in _HANDED_ON}
        taken = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
        for number in taken:
            signal.signal(number, self._take)
        try:
            yield
        finally:
            for number in taken:
                signal.signal(number, before[number])

    def found(self, process: subprocess.Popen[bytes]) -> None:
        """Take ``process`` for the program."""
        self._process = process
        for number in self._early:
            process.send_signal(number)

    def _take(self, number: int, _: FrameType | None) -> None:
        # The terminal sends an interrupt to everyone in front of it, the program included.
        if number == signal.SIGINT and _is_in_front():
            return
        if self._process is None:
            self._early.append(number)
        else:
            self._process.send_signal(number)


def _is_in_front() -> bool:
    """Whether we belong to the process group that a terminal sends its signals to."""
    with suppress(OSError):
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
        try:
            return os.tcgetpgrp(terminal) == os.getpgrp()
        finally:
            os.close(terminal)
    return False


@contextmanager
def _explained(program: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        from interlock.engines.findings import program_not_started
        from interlock_hooks.types import InterlockError

        why = error.strerror or str(error)
        raise InterlockError(program_not_started(program, why, _interpreter(program))) from error


def _interpreter(program: str) -> str | None:
    """The interpreter that the first line of a script names, if it is not there."""
    with suppress(OSError):
        with Path(program).open("rb") as file:
            line = file.readline(256)
        words = line[2:].split() if line.startswith(b"#!") else []
        if words and not Path(os.fsdecode(words[0])).exists():
            return os.fsdecode(words[0])
    return None
