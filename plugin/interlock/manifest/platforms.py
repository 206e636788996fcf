"""Conda platforms (subdirs), the selectors that mean several of them, and which one this machine is."""

from __future__ import annotations

import platform as host
import sys

SUBDIRS = (
    "linux-64",
    "linux-aarch64",
    "osx-arm64",
    "osx-64",
    "win-64",
    "win-arm64",
    "linux-32",
    "linux-armv6l",
    "linux-armv7l",
    "linux-loongarch64",
    "linux-ppc64",
    "linux-ppc64le",
    "linux-riscv32",
    "linux-riscv64",
    "linux-s390x",
    "freebsd-64",
    "win-32",
    "zos-z",
    "emscripten-wasm32",
    "wasi-wasm32",
)

FAMILIES = ("unix", "linux", "osx", "win")

_MACHINES = {"x86_64": "64", "amd64": "64", "arm64": "aarch64", "i386": "32", "i686": "32", "x86": "32"}
_SYSTEMS = {"linux": "linux", "darwin": "osx", "win32": "win"}


def current_platform() -> str:
    """The conda subdir of this machine's interpreter, for example ``linux-64``."""
    system = next((name for prefix, name in _SYSTEMS.items() if sys.platform.startswith(prefix)), sys.platform)
    machine = host.machine().lower()
    architecture = _MACHINES.get(machine, machine)
    if architecture == "aarch64" and system in ("osx", "win"):
        architecture = "arm64"  # conda writes ARM in two ways
    return f"{system}-{architecture}"


def selector_rank(selector: str, name: str, subdir: str) -> int | None:
    """How specific a ``target`` selector is for a platform, ``None`` if it does not match; higher is more specific."""
    family = subdir.split("-")[0]
    if selector == name:
        return 3
    if selector == subdir:
        return 2
    if selector == family:
        return 1
    return 0 if selector == "unix" and family in ("linux", "osx", "freebsd") else None
