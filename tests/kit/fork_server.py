"""A process that has imported what commands of Interlock import, and becomes one of them in each of its forks.

Half of what a short command costs are its imports. The server has done nothing but import: it has one thread, no open
files and no runtime of an engine. Its fork takes over the arguments, variables, working directory and streams of the
request, and runs the installed program as its main module; from there on it ends like any process. Where imports are
not all that the request would change about a new interpreter, the fork executes the program instead.

:mod:`kit.processes` starts it and speaks with it.
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import pkgutil
import runpy
import select
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# Variables that Python, or a module among the imported ones, reads once and for all.
_READ_AT_START = ("PYTHON", "LC_", "LANG", "LANGUAGE", "TZ", "MALLOC_", "LD_", "GLIBC_", "FSSPEC_", "MSGPACK_")
# What the interpreter would import by itself from a folder on its path.
_CUSTOMIZING = frozenset({"sitecustomize", "usercustomize"})
_LONGEST_REQUEST = 1 << 20
_MOST_FILES = 1024


def import_commands() -> None:
    """Import the modules of Interlock, except for what only few runs need: scripts, plugins of hosts, and ``dask``."""
    import interlock

    for module in pkgutil.walk_packages(interlock.__path__, "interlock."):
        words = module.name.split(".")
        if not {"distributed", "hosts"} & set(words) and not words[-1].startswith("_"):
            importlib.import_module(module.name)


def serve(connection: socket.socket) -> dict[str, Any] | None:
    """Fork for each request; returns the request in the fork, and nothing in the server once nobody has requests."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    # By the descriptor that says when it ends: the process, and where to report its end.
    running: dict[int, tuple[int, int]] = {}
    while True:
        for descriptor, _ in poll.poll():
            if descriptor in running:
                poll.unregister(descriptor)
                os.close(descriptor)
                _report_end(*running.pop(descriptor))
                continue
            message, files, *_ = socket.recv_fds(connection, _LONGEST_REQUEST, 4)
            if not message:
                return None
            *streams, status = files
            pid = os.fork()
            if pid == 0:
                for number, stream in enumerate(streams):
                    os.dup2(stream, number)
                connection.detach()
                os.closerange(3, _MOST_FILES)
                request: dict[str, Any] = json.loads(message)
                return request
            os.write(status, b"%d\n" % pid)
            for stream in streams:
                os.close(stream)
            ended = os.pidfd_open(pid)
            running[ended] = pid, status
            poll.register(ended, select.POLLIN)


def _report_end(pid: int, status: int) -> None:
    _, ended = os.waitpid(pid, 0)
    os.write(status, b"%d\n" % os.waitstatus_to_exitcode(ended))
    os.close(status)


def become(command: list[str], variables: Mapping[str, str], cwd: str) -> None:
    """Be the process that an interpreter started with these would be."""
    os.chdir(cwd)
    folders = [Path(folder).absolute() for folder in variables.get("PYTHONPATH", "").split(os.pathsep) if folder]
    if _starts_otherwise(variables) or any(map(_changes_imports, folders)) or any(map(os.isatty, range(3))):
        os.execve(command[0], command, dict(variables))
    os.environ.clear()
    os.environ.update(variables)
    _open_streams()
    sys.argv[:] = command
    sys.path[:1] = [str(Path(command[0]).parent), *dict.fromkeys(map(str, folders))]
    importlib.invalidate_caches()
    runpy.run_path(command[0], run_name="__main__")


def _open_streams() -> None:
    """Open the standard streams anew, since what a stream can do is found out when it is opened."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        mode, buffered = ("w", io.BufferedWriter) if number else ("r", io.BufferedReader)
        raw = io.FileIO(number, mode, closefd=False)
        raw.name = f"<{name}>"
        old = getattr(sys, name)
        stream = io.TextIOWrapper(buffered(raw), old.encoding, old.errors, "\n", old.line_buffering)
        stream.mode = mode
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _starts_otherwise(variables: Mapping[str, str]) -> bool:
    """Whether the interpreter, or a module when it is imported, would find something else in ``variables``."""
    names = {name for name in {*variables, *os.environ} if name.startswith(_READ_AT_START)} - {"PYTHONPATH"}
    return any(variables.get(name) != os.environ.get(name) for name in names)


def _changes_imports(folder: Path) -> bool:
    """Whether a module in ``folder`` comes before one that is imported already."""
    imported = {name.partition(".")[0] for name in sys.modules} | _CUSTOMIZING
    return folder.is_dir() and any(entry.name.partition(".")[0] in imported for entry in folder.iterdir())


if __name__ == "__main__":
    import_commands()
    # What is imported stays: no collection in a fork has to look at it, and to copy its pages.
    gc.collect()
    gc.freeze()
    request = serve(socket.socket(fileno=int(sys.argv[1])))
    if request is not None:
        become(**request)
