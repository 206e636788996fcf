"""The rights of a build's programs: where they may write, and whether they may use the network."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from interlock.core.offline import is_offline
from interlock.engines.environ import allowed_environment
from interlock.engines.process import run

Guard = Literal["landlock", "mounts"]
# Begins a command that takes rights away, see that script.
_CONFINE = (sys.executable, "-I", "-S", os.fspath(Path(__file__).with_name("_confine.py")))
_OFFLINE = "offline"
# What programs write to without keeping anything: standard devices, terminals, shared memory, accelerators.
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty", "ptmx", "pts", "shm", "nvidia*", "dxg", "kfd", "dri")
# The drivers of NVIDIA, and of WSL. From release 570 on, CUDA finds no GPU in a program that may not write the names of
# its own threads, which are in /proc/PID/task. Every process has another directory there, so a rule for it cannot be
# made before it starts: the rule is for all of /proc, where nothing that is written is kept.
_CUDA_DEVICES = ("nvidiactl", "dxg")
_DEV, _PROCESSES = Path("/dev"), Path("/proc")


class Confinement(NamedTuple):
    """The rights of a program: to write below ``writable`` and nowhere else, and to use the ``network``.

    ``file_size`` is how large a file it may write, in bytes; ``group`` the entrance of the control group that it is in.
    """

    writable: tuple[Path, ...]
    network: bool = True
    file_size: int | None = None
    group: Path | None = None

    @property
    def devices(self) -> list[Path]:
        """The devices that any program may write to, and what a program must write to in order to use them."""
        present = [place for name in _DEVICES for place in _DEV.glob(name)]
        return [*present, _PROCESSES] if any(place.name in _CUDA_DEVICES for place in present) else present

    def command(self, command: Sequence[str], *also: Path) -> list[str]:
        """The command that runs ``command`` with these rights, and that to write below ``also``.

        Where the machine cannot restrict writing nothing restricts it; that is for the caller to tell.
        """
        guard = guard_of_writing()
        if self.network and guard is None and self.file_size is None and self.group is None:
            return list(command)
        rights = [] if self.network else [_OFFLINE]
        if self.group is not None:
            rights.append(f"group={os.fspath(self.group)}")
        if self.file_size is not None:
            rights.append(f"file_size={self.file_size}")
        if guard is not None:
            places = (*self.writable, *also, *self.devices)
            rights += [guard, *(f"writable={os.fspath(place)}" for place in places)]
        return [*_CONFINE, *rights, "--", *command]


def can_restrict_writing() -> bool:
    """Whether this machine can keep programs from writing to other places."""
    return guard_of_writing() is not None


@cache
def guard_of_writing() -> Guard | None:
    """What keeps programs from writing to other places here: Landlock (Linux 5.19 or newer), else mounts.

    The latter need namespaces, which not every machine or container allows.
    """
    if sys.platform != "linux":
        return None
    from interlock.engines._confine import landlock_version

    if landlock_version():
        return "landlock"
    return None if run([*_CONFINE, "mounts", "--", "true"], env=allowed_environment()).returncode else "mounts"


def can_deny_network() -> bool:
    """Whether this machine can keep programs from the network: Linux where namespaces are allowed to us."""
    return network_obstacle() is None


def has_network(allowed: bool) -> bool:
    """Whether the programs of a build have a network: if that is ``allowed``, and the switch is not off.

    Where this machine cannot keep programs from the network, the switch does not hinder them.
    """
    return allowed and not (is_offline() and can_deny_network())


@cache
def network_obstacle() -> str | None:
    """Why this machine cannot keep programs from the network; ``None`` if it can."""
    if sys.platform != "linux":
        return "network namespaces are a feature of Linux"
    done = run([*_CONFINE, _OFFLINE, "--", "true"], env=allowed_environment())
    return f"the system said: {done.stderr.strip()}" if done.returncode else None
