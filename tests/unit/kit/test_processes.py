"""The fork server: a command in a fork of it is what it is in a process with an interpreter of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from kit.processes import run_command

LANGUAGE = {"LANG": "C.UTF-8"}
# Whatever a process is born with, as far as a program can see it.
SHOW = """
import asyncio, gc, importlib.metadata, io, json, locale, os, resource, signal, sys, tempfile, threading, time
streams = [sys.stdin, sys.stdout, sys.stderr]
shown = {
    "arguments": sys.argv, "path": sys.path, "variables": dict(os.environ), "cwd": os.getcwd(), "name": __name__,
    "file": __file__, "main": sys.modules["__main__"].__file__, "flags": list(sys.flags), "warnings": sys.warnoptions,
    "parents": [os.getsid(0), os.getpgid(0)], "umask": os.umask(0o22), "executable": sys.executable,
    "signals": [str(signal.getsignal(number)) for number in sorted(signal.valid_signals())],
    "mask": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])), "threads": len(os.listdir("/proc/self/task")),
    "files": [number for number in range(64) if os.path.exists(f"/proc/self/fd/{number}")], "gc": gc.isenabled(),
    "streams": [
        [s.name, s.mode, s.encoding, s.errors, s.line_buffering, s.write_through, s.newlines, s.seekable(), s.isatty()]
        + [s.fileno(), s.buffer.mode, s.buffer.name, s.buffer.raw.closefd, type(s.buffer).__name__]
        for s in streams
    ],
    "original streams": [sys.__stdin__ is sys.stdin, sys.__stdout__ is sys.stdout, sys.__stderr__ is sys.stderr],
    "locale": [locale.setlocale(locale.LC_ALL), locale.getpreferredencoding(False), sys.getfilesystemencoding()],
    "limits": [resource.getrlimit(number) for number in range(16)], "tmp": tempfile.gettempdir(),
    "zone": time.tzname, "distributions": len(list(importlib.metadata.distributions())), "nice": os.nice(0),
    "loop": asyncio._get_running_loop(), "switch": sys.getswitchinterval(), "depth": sys.getrecursionlimit(),
}
json.dump(shown, sys.stdout)
print("é", file=sys.stderr)
sys.exit(int(sys.argv[1]))
"""
ENDS = {
    "a number": "import sys; sys.exit(3)",
    "a message": "import sys; sys.exit('why')",
    "an error": "import sys; sys.excepthook = lambda *_: print('hooked'); 1 / 0",
    "a signal": "import os; os.kill(os.getpid(), 15)",
    "at once": "import os; print('lost'); os._exit(4)",
    "exit functions": "import atexit; atexit.register(print, 'bye')",
    "another program": "import os; os.execv('/bin/echo', ['echo', 'hello'])",
    "bytes": r"import sys; sys.stdout.buffer.write(b'a\r\nb\n')",
    "much": "print('x' * 300_000, flush=True); import sys; print('y' * 300_000, file=sys.stderr)",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def both(
    folder: Path, code: str, *args: str, **variables: str
) -> tuple[subprocess.CompletedProcess[str], subprocess.CompletedProcess[str]]:
    """How a program ends in a fork, and how it ends in an interpreter of its own."""
    script = folder / "program"
    script.write_text(f"#!{sys.executable}\n{code}", encoding="utf-8")
    script.chmod(0o755)
    env = {**LANGUAGE, "HOME": str(folder), **variables}
    forked, fresh = (
        run_command([str(script), *args], env=env, cwd=folder, timeout=60, fresh=fresh) for fresh in (False, True)
    )
    return forked, fresh


def test_a_fork_is_born_as_a_process_of_its_own_is(folder: Path) -> None:
    (folder / "plugins" / "some-1.0.dist-info").mkdir(parents=True)
    path = os.pathsep.join(["plugins", str(folder), "", str(folder / "absent"), "plugins"])
    forked, fresh = both(folder, SHOW, "7", "ü", PYTHONPATH=path, OWN="ä")
    assert (forked.returncode, forked.stderr) == (fresh.returncode, fresh.stderr) == (7, "é\n")
    assert json.loads(forked.stdout) == json.loads(fresh.stdout)


@pytest.mark.parametrize("code", ENDS.values(), ids=ENDS)
def test_a_fork_ends_as_a_process_of_its_own_does(folder: Path, code: str) -> None:
    forked, fresh = both(folder, code)
    assert (forked.returncode, forked.stdout, forked.stderr) == (fresh.returncode, fresh.stdout, fresh.stderr)


def imported(folder: Path, **variables: str) -> bool:
    """Whether a program in a fork finds the modules of Interlock imported."""
    forked, _ = both(folder, "import sys; print('interlock.project.installing' in sys.modules)", **variables)
    return forked.stdout == "True\n"


def test_a_fork_has_the_imports(folder: Path) -> None:
    (folder / "plugins").mkdir()
    (folder / "plugins" / "own_plugin.py").touch()
    assert imported(folder, PYTHONPATH=str(folder / "plugins"))


@pytest.mark.parametrize("name", ["sitecustomize.py", "rattler", "json.py"])
def test_modules_that_come_before_imported_ones_are_imported(folder: Path, name: str) -> None:
    (folder / "plugins").mkdir()
    (folder / "plugins" / name).touch()
    assert not imported(folder, PYTHONPATH=str(folder / "plugins"))


@pytest.mark.parametrize("variables", [{"PYTHONHASHSEED": "0"}, {"LANG": "C"}, {"LC_ALL": "C"}, {"TZ": "Asia/Tokyo"}])
def test_variables_that_python_reads_when_it_starts_count(folder: Path, variables: dict[str, str]) -> None:
    assert not imported(folder, **variables)


def test_random_numbers_differ(folder: Path) -> None:
    code = "import random, tempfile, uuid; print(random.random(), tempfile.mktemp(), uuid.uuid4())"
    assert len({both(folder, code)[0].stdout for _ in range(3)}) == 3


def test_what_takes_too_long_is_killed(folder: Path) -> None:
    script = folder / "program"
    script.write_text("import time; time.sleep(600)")
    with pytest.raises(subprocess.TimeoutExpired):
        run_command([str(script)], env=LANGUAGE, cwd=folder, timeout=0)
    (server,) = (child for child in psutil.Process().children() if "fork_server.py" in " ".join(child.cmdline()))
    assert server.children() == []


def test_several_at_a_time(folder: Path) -> None:
    """One waits until the other has ended."""
    waits, writes = folder / "waits", folder / "writes"
    os.mkfifo(folder / "fifo")
    waits.write_text("print(open('fifo').read())")
    writes.write_text("open('fifo', 'w').write('done')")
    with ThreadPoolExecutor(2) as threads:
        ran = [threads.submit(run_command, [str(s)], env=LANGUAGE, cwd=folder, timeout=60) for s in (waits, writes)]
        assert [run.result().stdout for run in ran] == ["done\n", ""]
