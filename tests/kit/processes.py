"""Running commands: each in a process of its own, most of them forked from one that has imported what they import."""

from __future__ import annotations

import atexit
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector

# The interpreter of the fork server is started with these; see `fork_server` for what becomes of others.
_VARIABLES = {"LANG": "C.UTF-8"}
_CAN_FORK = hasattr(os, "pidfd_open")
# Set to compare: the whole suite then starts the installed program each time.
_ALWAYS_FRESH = "INTERLOCK_TESTS_FRESH" in os.environ


def run_command(
    command: Sequence[str], *, env: Mapping[str, str], cwd: Path, timeout: float, fresh: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run a Python program of this environment without input, and wait for its end.

    With ``fresh`` an interpreter is started for it, as a shell would. Raises :class:`subprocess.TimeoutExpired`.
    """
    if _CAN_FORK and not fresh and not _ALWAYS_FRESH:
        return _server().run(command, env, cwd, timeout)
    return subprocess.run(
        command,
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


class ForkServer:
    """A running :mod:`kit.fork_server`."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        script = Path(__file__).with_name("fork_server.py")
        with theirs:
            number = theirs.fileno()
            self._process = subprocess.Popen(
                [sys.executable, str(script), str(number)],
                env=_VARIABLES,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[number],
            )

    def close(self) -> None:
        """End the server."""
        self._socket.close()
        self._process.wait()

    def run(
        self, command: Sequence[str], env: Mapping[str, str], cwd: Path, timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in a fork of the server; see :func:`run_command`."""
        request = json.dumps({"command": list(command), "variables": dict(env), "cwd": str(cwd)})
        with ExitStack() as stack:
            stdin = stack.enter_context(open(os.devnull, "rb"))  # noqa: PTH123 - not a path
            (out, to_out), (err, to_err), (status, to_status) = pipes = [os.pipe() for _ in range(3)]
            readers = {number: bytearray() for number, _ in pipes}
            for number in readers:
                stack.callback(os.close, number)
            try:
                socket.send_fds(self._socket, [request.encode()], [stdin.fileno(), to_out, to_err, to_status])
            finally:
                for _, number in pipes:
                    os.close(number)
            try:
                _read_all(readers, timeout)
            except TimeoutError:
                _end(status, readers[status])
                raise subprocess.TimeoutExpired(command, timeout, _text(readers[out]), _text(readers[err])) from None
        _, code = readers[status].split()
        return subprocess.CompletedProcess(command, int(code), _text(readers[out]), _text(readers[err]))


@cache
def _server() -> ForkServer:
    server = ForkServer()
    atexit.register(server.close)
    return server


def _read_all(readers: Mapping[int, bytearray], timeout: float) -> None:
    """Read the descriptors until all of them are closed on the other side."""
    deadline = time.monotonic() + timeout
    with DefaultSelector() as selector:
        for number in readers:
            selector.register(number, EVENT_READ)
        while selector.get_map():
            ready = selector.select(deadline - time.monotonic())
            if not ready and time.monotonic() >= deadline:
                raise TimeoutError
            for key, _ in ready:
                piece = os.read(key.fd, 1 << 16)
                readers[key.fd] += piece
                if not piece:
                    selector.unregister(key.fd)


def _end(status: int, reported: bytearray) -> None:
    """Kill a process and wait for its end; ``status`` is where the server reports its id, and then its exit code."""
    while b"\n" not in reported:
        reported += os.read(status, 64)
    with suppress(ProcessLookupError):
        os.kill(int(reported.split()[0]), signal.SIGKILL)
    while os.read(status, 64):
        pass


def _text(output: bytearray) -> str:
    """The text as a pipe in text mode gives it."""
    with io.TextIOWrapper(io.BytesIO(output)) as reader:
        return reader.read()
