"""Control groups: the kernel's own where this machine lets tests make some, and a stand-in for it where it does not."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from interlock.engines import control_group as module
from interlock.engines.confinement import Confinement
from interlock.engines.control_group import ControlGroup, can_limit_memory, control_group

# Leaves its session, its parent and its variables behind, tells its number and goes on.
DAEMON = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print(os.getpid(), flush=True)
        os.closerange(1, 3)
        os.execve(sys.executable, [sys.executable, "-c", "import time; time.sleep(600)"], {})
    os._exit(0)
os.wait()
"""


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@pytest.mark.skipif(module._own_group() is None, reason="no control groups can be made here")
def test_a_daemon_ends_with_its_group(tmp_path: Path) -> None:
    with control_group(None) as group:
        if group is None:
            pytest.skip("the kernel cannot end a group (Linux 5.14)")
        command = Confinement((tmp_path,), group=group.entrance).command([sys.executable, "-c", DAEMON])
        daemon = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        assert is_alive(daemon)
        assert str(daemon) in group.entrance.read_text().split()
    assert not is_alive(daemon)
    assert not group.path.exists()


def test_without_a_group_programs_run_as_before(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "_own_group", lambda: None)
    with control_group(1) as group:
        assert group is None
    assert not can_limit_memory()
    # One that is gone, or that the kernel refuses.
    command = Confinement((tmp_path,), group=tmp_path / "cgroup.procs").command([sys.executable, "-c", "print(1)"])
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "1\n"


MOUNTS = "25 1 0:22 / /proc rw - proc proc rw\n26 1 0:23 {root} {place} rw shared:1 - cgroup2 cgroup2 rw\n"


@pytest.mark.parametrize(
    ("root", "own", "found"),
    [
        ("/", "0::/user.slice/run.scope\n", "user.slice/run.scope"),
        ("/", "4:memory:/other\n0::/user.slice/run.scope\n", "user.slice/run.scope"),
        ("/user.slice", "0::/user.slice/run.scope\n", "run.scope"),
        ("/elsewhere", "0::/user.slice/run.scope\n", None),
        ("/", "0::/../run.scope\n", None),
        ("/", "0::/gone.scope\n", None),
        ("/", "4:memory:/user.slice/run.scope\n", None),
    ],
)
def test_where_the_own_group_is(
    root: str, own: str, found: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("user.slice/run.scope", "run.scope", "mount/user.slice/run.scope", "mount/run.scope"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "cgroup.procs").touch()
    mounts, membership = tmp_path / "mountinfo", tmp_path / "cgroup"
    mounts.write_text(MOUNTS.format(root=root, place=tmp_path / "mount"))
    membership.write_text(own)
    monkeypatch.setattr(module, "_MOUNTS", mounts)
    monkeypatch.setattr(module, "_MEMBERSHIP", membership)
    assert module._own_group.__wrapped__() == (None if found is None else tmp_path / "mount" / found)


class Kernel:
    """What the kernel makes of a group that may limit memory, as far as it is asked: ``pids`` are in it."""

    def __init__(self, group: Path, *pids: int) -> None:
        self.group = group
        (group / "cgroup.controllers").write_text("memory pids\n")
        (group / "cgroup.subtree_control").write_text("")
        (group / "cgroup.procs").write_text("".join(f"{pid}\n" for pid in pids))

    def make(self, parent: Path, what: str) -> Path:
        made = parent / what
        made.mkdir()
        names = ["cgroup.kill", "cgroup.procs"]
        if "memory" in (self.group / "cgroup.subtree_control").read_text():
            names += ["memory.max", "memory.oom.group", "memory.swap.max"]
        for name in names:
            (made / name).touch()
        return made

    def write(self, file: Path, text: str) -> bool:
        own = self.group / "cgroup.procs"
        if file.name == "cgroup.subtree_control" and own.read_text():
            return False
        if file.name == "cgroup.procs":
            own.write_text(own.read_text().replace(f"{text}\n", ""))
        if not file.exists():
            return False
        file.write_text(text)
        return True


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def start(*pids: int) -> None:
        made = Kernel(tmp_path, *pids)
        monkeypatch.setattr(module, "_own_group", lambda: tmp_path)
        monkeypatch.setattr(module, "_made_in", made.make)
        monkeypatch.setattr(module, "_write", made.write)
        monkeypatch.setattr(module, "_PATIENCE", 0)

    return start


def test_own_programs_move_aside_so_that_the_kernel_limits_memory(kernel: Callable[..., None], tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        kernel(os.getpid(), child.pid)
        assert can_limit_memory()
        with control_group(1 << 30) as group:
            assert group is not None
            texts = {file.name: file.read_text() for file in group.path.iterdir()}
        child.communicate(b"\n")
    assert texts["memory.max"] == str(1 << 30)
    assert (texts["memory.swap.max"], texts["memory.oom.group"]) == ("0", "1")
    assert (tmp_path / "cgroup.procs").read_text() == ""
    assert (tmp_path / "main" / "cgroup.procs").read_text() in (str(os.getpid()), str(child.pid))


def test_what_killed_commands_left_is_removed(kernel: Callable[..., None], tmp_path: Path) -> None:
    kernel(1)
    for name, age in (("interlock-build-old", 2 * module._ABANDONED), ("interlock-build-new", 0), ("theirs", 10**6)):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    with control_group(None):
        assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"interlock-build-new", "theirs", "build"}


def test_programs_of_others_stay_where_they_are(kernel: Callable[..., None], tmp_path: Path) -> None:
    kernel(1, os.getpid())
    assert not can_limit_memory()
    with control_group(1 << 30) as group:
        assert group is not None
        assert not (group.path / "memory.max").exists()
    assert not (tmp_path / "main").exists()
    assert (tmp_path / "cgroup.procs").read_text() == f"1\n{os.getpid()}\n"


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ("low 0\nhigh 0\nmax 9\noom 1\noom_kill 3\noom_group_kill 1\n", True),
        ("oom 0\noom_kill 1\n", False),
        ("oom 1\noom_kill 0\n", False),
        (None, False),
    ],
)
def test_memory_that_was_refused_is_told_apart(events: str | None, told: bool, tmp_path: Path) -> None:
    if events is not None:
        (tmp_path / "memory.events").write_text(events)
    assert ControlGroup(tmp_path).ran_out_of_memory() is told
