"""The interpreter and platform to resolve for: uv's name for it, its wheel tags and its marker environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging import tags

from interlock_hooks.types import Finding, InterlockError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from interlock_hooks.types import PythonTarget

# What a target is taken to have when nothing was declared: conda-forge builds for these.
DEFAULT_GLIBC = "2.28"
DEFAULT_MACOS = "13.0"

# The C library versions for which uv knows a platform name.
_MANYLINUX_MINORS = (17, 28, *range(31, 41))
_LEGACY_MANYLINUX = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}


@dataclass(frozen=True, slots=True)
class _Machine:
    """What the tools call a conda subdir: uv's platform, the tag suffix, and the values of markers."""

    uv: str
    tag: str
    sys_platform: str
    platform_system: str
    platform_machine: str


_MACHINES = {
    "linux-64": _Machine("x86_64-manylinux_2_{minor}", "x86_64", "linux", "Linux", "x86_64"),
    "linux-aarch64": _Machine("aarch64-manylinux_2_{minor}", "aarch64", "linux", "Linux", "aarch64"),
    "linux-riscv64": _Machine("riscv64-unknown-linux", "riscv64", "linux", "Linux", "riscv64"),
    "osx-64": _Machine("x86_64-apple-darwin", "x86_64", "darwin", "Darwin", "x86_64"),
    "osx-arm64": _Machine("aarch64-apple-darwin", "arm64", "darwin", "Darwin", "arm64"),
    "win-64": _Machine("x86_64-pc-windows-msvc", "win_amd64", "win32", "Windows", "AMD64"),
    "win-32": _Machine("i686-pc-windows-msvc", "win32", "win32", "Windows", "x86"),
    "win-arm64": _Machine("aarch64-pc-windows-msvc", "win_arm64", "win32", "Windows", "ARM64"),
}


def uv_platform(python: PythonTarget) -> str:
    """The value of uv's ``--python-platform``; the newest one that the target's C library satisfies.

    Raises :class:`InterlockError` (IL307) for a platform or interpreter that PyPI packages cannot be resolved for.
    """
    glibc = _minor(python.glibc or DEFAULT_GLIBC)
    minor = max((known for known in _MANYLINUX_MINORS if known <= glibc), default=_MANYLINUX_MINORS[0])
    return _machine(python).uv.format(minor=minor)


def uv_variables(python: PythonTarget) -> dict[str, str]:
    """Environment variables by which uv learns of the target what has no option."""
    if not python.platform.startswith("osx-"):
        return {}
    return {"MACOSX_DEPLOYMENT_TARGET": python.macos or DEFAULT_MACOS}


def supported_tags(python: PythonTarget) -> Iterator[tags.Tag]:
    """The wheel tags that the target can use, the most specific first (PEP 425, PEP 600).

    Raises :class:`InterlockError` (IL307) for a platform or interpreter that PyPI packages cannot be resolved for.
    """
    major, minor = (int(part) for part in python.version.split(".")[:2])
    interpreter = f"cp{major}{minor}"
    platforms = list(_platforms(python))
    # The ABI is given because packaging would otherwise describe the interpreter that runs here.
    yield from tags.cpython_tags((major, minor), [interpreter], platforms)
    yield from tags.compatible_tags((major, minor), interpreter, platforms)


def marker_environment(python: PythonTarget) -> dict[str, str]:
    """The values of environment markers (PEP 508) on the target, as far as they are known.

    Raises :class:`InterlockError` (IL307) for a platform or interpreter that PyPI packages cannot be resolved for.
    """
    machine = _machine(python)
    return {
        "implementation_name": "cpython",
        "implementation_version": python.version,
        "os_name": "nt" if machine.sys_platform == "win32" else "posix",
        "platform_machine": machine.platform_machine,
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": machine.platform_system,
        "platform_version": "",
        "python_full_version": python.version,
        "python_version": python.minor,
        "sys_platform": machine.sys_platform,
    }


def _platforms(python: PythonTarget) -> Iterator[str]:
    machine = _machine(python)
    if machine.sys_platform == "win32":
        yield machine.tag
    elif machine.sys_platform == "darwin":
        major, minor = (int(part) for part in f"{python.macos or DEFAULT_MACOS}.0".split(".")[:2])
        yield from tags.mac_platforms((major, minor), machine.tag)
    else:
        oldest = 5 if machine.tag == "x86_64" else 17
        for minor in range(_minor(python.glibc or DEFAULT_GLIBC), oldest - 1, -1):
            yield f"manylinux_2_{minor}_{machine.tag}"
            if minor in _LEGACY_MANYLINUX:
                yield f"{_LEGACY_MANYLINUX[minor]}_{machine.tag}"
        yield f"linux_{machine.tag}"


def _minor(glibc: str) -> int:
    return int(glibc.split(".")[1])


def _machine(python: PythonTarget) -> _Machine:
    machine = _MACHINES.get(python.platform)
    if machine is None or python.implementation != "cpython":
        raise InterlockError(
            Finding(
                code="IL307",
                what=f"PyPI packages cannot be resolved for {python.implementation} on {python.platform}",
                why="the resolver knows CPython on " + ", ".join(_MACHINES),
                fix="leave PyPI dependencies out for this platform, or remove it from `platforms`",
            )
        )
    return machine
