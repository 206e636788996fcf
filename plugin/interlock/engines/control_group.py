"""A control group (cgroup v2) of its own for the programs of a build, where the system lets this process make one.

All of them end with it, whatever they have done to be no children of anybody, and their memory has a limit that the
kernel holds. Only groups that are made here are changed. Their files are described in
https://docs.kernel.org/admin-guide/cgroup-v2.html.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

_MOUNTS, _MEMBERSHIP = Path("/proc/self/mountinfo"), Path("/proc/self/cgroup")
# How long the kernel may take to end programs, in seconds.
_PATIENCE = 2
_ABANDONED = 24 * 3600  # seconds: a build that another command prepares has no programs yet
_ROUNDS = 5  # what is started while others are moved begins where it was started from
_moving = threading.Lock()


class ControlGroup(NamedTuple):
    """A group that was made here; a program enters it by writing 0 to :attr:`entrance`."""

    path: Path

    @property
    def entrance(self) -> Path:
        """The file by which programs enter."""
        return self.path / "cgroup.procs"

    def ran_out_of_memory(self) -> bool:
        """Whether a program was ended because the group needed more memory than its limit."""
        events = dict(line.split() for line in _read(self.path / "memory.events").splitlines())
        # The first alone may have ended well; the second alone is about the memory of the machine.
        return all(events.get(name, "0") != "0" for name in ("oom", "oom_kill"))

    def end(self) -> None:
        """End all programs of the group at once, and remove it."""
        _write(self.path / "cgroup.kill", "1")
        deadline = time.monotonic() + _PATIENCE
        while not _removed(self.path) and time.monotonic() < deadline:
            time.sleep(0.01)


@contextmanager
def control_group(memory: int | None) -> Iterator[ControlGroup | None]:
    """A group for what the block starts, of ``memory`` bytes together if the kernel can limit that.

    ``None`` where no group can be made. Programs have to enter it themselves.
    """
    group = _made(memory)
    try:
        yield group
    finally:
        if group is not None:
            group.end()


def can_limit_memory() -> bool:
    """Whether the kernel would hold a group that is made now to a limit of memory."""
    parent = _own_group()
    if parent is None:
        return False
    offered = "memory" in _words(parent / "cgroup.controllers")
    return "memory" in _words(parent / "cgroup.subtree_control") or (offered and not _strangers(parent))


def _made(memory: int | None) -> ControlGroup | None:
    parent = _own_group()
    if parent is None:
        return None
    if memory is not None:
        _hand_down_memory(parent)
    _remove_abandoned(parent)
    path = _made_in(parent, "build")
    if path is None:
        return None
    group = ControlGroup(path)
    if not (group.path / "cgroup.kill").exists():  # Linux 5.14
        _removed(group.path)
        return None
    if memory is not None:
        # All or nothing: a compiler that is ended alone looks like a fault of the source.
        _write(group.path / "memory.oom.group", "1")
        _write(group.path / "memory.swap.max", "0")
        _write(group.path / "memory.max", str(memory))
    return group


def _remove_abandoned(parent: Path) -> None:
    """Remove groups that killed commands have left; the kernel keeps those that have programs."""
    for group in parent.glob("interlock-*"):
        with suppress(OSError):
            if time.time() - group.stat().st_mtime > _ABANDONED:
                group.rmdir()


@cache
def _own_group() -> Path | None:
    """The directory of the group that this process was started in, if it may make groups in there."""
    try:
        lines = _MEMBERSHIP.read_text(encoding="utf-8").splitlines()
        own = next((line[3:] for line in lines if line.startswith("0::")), None)
        mounts = [line.partition(" - ")[::2] for line in _MOUNTS.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return None
    # One that lies outside of the namespace of this process begins with two dots.
    if own is None or ".." in Path(own).parts:
        return None
    for mount, kind in mounts:
        root, place = mount.split(" ")[3:5]
        if kind.startswith("cgroup2 ") and Path(own).is_relative_to(root):
            folder = Path(place, Path(own).relative_to(root))
            return folder if os.access(folder, os.W_OK) and os.access(folder / "cgroup.procs", os.W_OK) else None
    return None


def _hand_down_memory(parent: Path) -> None:
    """Let the groups in a group have limits of memory, if that is possible without moving programs of others.

    A group with programs of its own cannot limit those in it, except for that of the whole machine.
    """
    control = parent / "cgroup.subtree_control"
    with _moving:
        if "memory" in _words(control) or "memory" not in _words(parent / "cgroup.controllers"):
            return
        if _write(control, "+memory") or _strangers(parent) or (aside := _made_in(parent, "main")) is None:
            return
        atexit.register(_move_back, parent, aside)
        for _ in range(_ROUNDS):
            for pid in _words(parent / "cgroup.procs"):
                _write(aside / "cgroup.procs", pid)
            if _write(control, "+memory"):
                return


def _move_back(parent: Path, aside: Path) -> None:
    _write(parent / "cgroup.subtree_control", "-memory")
    for pid in _words(aside / "cgroup.procs"):
        _write(parent / "cgroup.procs", pid)
    _removed(aside)


def _strangers(group: Path) -> set[int]:
    """The programs in a group that this process has not started."""
    import psutil

    own = psutil.Process()
    return set(map(int, _words(group / "cgroup.procs"))) - {own.pid, *(each.pid for each in own.children(True))}


def _made_in(parent: Path, what: str) -> Path | None:
    group = parent / f"interlock-{what}-{os.urandom(4).hex()}"
    try:
        group.mkdir()
    except OSError:
        return None
    return group


def _words(file: Path) -> list[str]:
    return _read(file).split()


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        return ""


def _write(file: Path, text: str) -> bool:
    """Write to a file that is there; false if it is not, or the kernel refuses."""
    with suppress(OSError):
        handle = os.open(file, os.O_WRONLY)
        try:
            return os.write(handle, text.encode()) == len(text)
        finally:
            os.close(handle)
    return False


def _removed(group: Path) -> bool:
    try:
        group.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True
