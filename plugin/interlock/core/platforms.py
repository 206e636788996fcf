"""Conda's platforms (subdirs), what other tools call each of them, and which one this machine is."""

from __future__ import annotations

import platform as host
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interlock_hooks.types import InterlockError

# What a target is taken to have where nothing is declared: minimums that pixi documents and conda-forge builds for, so
# that a lock holds on every machine that still has support.
DEFAULT_GLIBC = "2.28"
DEFAULT_LINUX = "4.18"
DEFAULT_MACOS = "13.0"


@dataclass(frozen=True, slots=True)
class System:
    """An operating system as Python calls it: ``sys.platform``, ``platform.system()`` and ``os.name``."""

    sys_platform: str
    platform_system: str
    os_name: str = "posix"


@dataclass(frozen=True, slots=True)
class Subdir:
    """A platform of conda's, such as ``linux-64``.

    ``machine`` is Python's ``platform.machine()`` there. ``tag`` ends the platform tags of wheels (PEP 425, PEP 600);
    empty where there are none. ``processor`` is archspec's name of the oldest one that conda packages are made for;
    empty where none are made. ``uv`` is uv's name of the platform; empty where uv cannot resolve for it. In it,
    ``{minor}`` stands for the minor version of the C library.
    """

    name: str
    machine: str
    tag: str = ""
    processor: str = ""
    uv: str = ""

    @property
    def family(self) -> str:
        """The operating system as conda calls it: ``linux``, ``osx``, ``win`` and others."""
        return self.name.partition("-")[0]

    @property
    def system(self) -> System:
        """The operating system as Python calls it."""
        return _SYSTEMS[self.family]

    @property
    def marker(self) -> str:
        """The marker that holds there and nowhere else (PEP 508)."""
        return f"sys_platform == '{self.system.sys_platform}' and platform_machine == '{self.machine}'"


_SYSTEMS = {
    "linux": System("linux", "Linux"),
    "osx": System("darwin", "Darwin"),
    "win": System("win32", "Windows", "nt"),
    "freebsd": System("freebsd", "FreeBSD"),
    "zos": System("zos", "OS/390"),
    "emscripten": System("emscripten", "Emscripten"),
    "wasi": System("wasi", "wasi"),
}

SUBDIRS = {
    subdir.name: subdir
    for subdir in (
        Subdir("linux-64", "x86_64", "x86_64", "x86_64", "x86_64-manylinux_2_{minor}"),
        Subdir("linux-aarch64", "aarch64", "aarch64", "aarch64", "aarch64-manylinux_2_{minor}"),
        Subdir("osx-arm64", "arm64", "arm64", "m1", "aarch64-apple-darwin"),
        Subdir("osx-64", "x86_64", "x86_64", "x86_64", "x86_64-apple-darwin"),
        Subdir("win-64", "AMD64", "win_amd64", "x86_64", "x86_64-pc-windows-msvc"),
        Subdir("win-arm64", "ARM64", "win_arm64", "aarch64", "aarch64-pc-windows-msvc"),
        Subdir("linux-32", "i686", "i686", "x86"),
        Subdir("linux-armv6l", "armv6l", "armv6l"),
        Subdir("linux-armv7l", "armv7l", "armv7l", "armv7l"),
        Subdir("linux-loongarch64", "loongarch64", "loongarch64"),
        Subdir("linux-ppc64", "ppc64", "ppc64"),
        Subdir("linux-ppc64le", "ppc64le", "ppc64le", "ppc64le"),
        Subdir("linux-riscv32", "riscv32", "riscv32"),
        Subdir("linux-riscv64", "riscv64", "riscv64", "riscv64", "riscv64-unknown-linux"),
        Subdir("linux-s390x", "s390x", "s390x", "s390x"),
        Subdir("freebsd-64", "amd64"),
        Subdir("win-32", "x86", "win32", "x86", "i686-pc-windows-msvc"),
        Subdir("zos-z", "s390x"),
        Subdir("emscripten-wasm32", "wasm32"),
        Subdir("wasi-wasm32", "wasm32"),
    )
}

# Those that most machines are, for messages and for what is meant where nothing else is said.
COMMON = ("linux-64", "linux-aarch64", "osx-arm64", "osx-64", "win-64", "win-arm64")

# Other names of the same machines: what the processor is, not what the interpreter was made for.
_ALIASES = {"i386": "i686", "i486": "i686", "i586": "i686", "armv8l": "armv7l"}


def current_platform() -> str:
    """The conda subdir of this machine's interpreter, for example ``linux-64``; made up where conda has none."""
    machine = host.machine().lower()
    machine = _ALIASES.get(machine, machine)
    for subdir in SUBDIRS.values():
        if sys.platform.startswith(subdir.system.sys_platform) and subdir.machine.lower() == machine:
            return subdir.name
    return f"{sys.platform}-{machine}"


def find_subdir(name: str) -> Subdir:
    """The platform of that name. Raises :class:`~interlock_hooks.types.InterlockError` (IL213) if there is none."""
    if name not in SUBDIRS:
        raise not_made_for(name)
    return SUBDIRS[name]


def not_made_for(name: str) -> InterlockError:
    """IL213: no conda packages are made for a platform, or there is no such platform."""
    from interlock.core.findings import unknown_platform
    from interlock_hooks.types import InterlockError

    return InterlockError(unknown_platform(name, [subdir.name for subdir in SUBDIRS.values() if subdir.processor]))
