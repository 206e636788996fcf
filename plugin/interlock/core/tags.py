"""The wheel tags that a target supports (PEP 425, PEP 600)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging import tags

from interlock.core.platforms import DEFAULT_GLIBC, DEFAULT_MACOS, find_subdir

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from interlock_hooks.types import PythonTarget

# The machines that had wheels before manylinux2014 begin at glibc 2.5, the others at 2.17.
_OLD_MACHINES = ("x86_64", "i686")
_LEGACY_MANYLINUX = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
_LEGACY_GLIBC = {name: (2, minor) for minor, name in _LEGACY_MANYLINUX.items()}
# Every version from the oldest to the target's has a tag of its own: there must not be millions of them.
_LATEST = 99
_NUMBER = re.compile(r"[0-9]{1,9}")
_MACOS = re.compile(r"macosx_([0-9]{1,9})_([0-9]{1,9})_.+")
_MANYLINUX = re.compile(r"manylinux_([0-9]{1,9})_([0-9]{1,9})_.+")


def supported_tags(python: PythonTarget) -> Iterator[tags.Tag]:
    """The wheel tags that a target with CPython can use, the most specific first.

    Raises :class:`~interlock_hooks.types.InterlockError` (IL213) for a platform that conda does not have.
    """
    return _tags(python, list(_platforms(python)))


def interpreter_tags(python: PythonTarget) -> frozenset[tuple[str, str]]:
    """The pairs of interpreter and ABI in the wheel tags that a target with CPython can use, whatever its platform."""
    return frozenset((tag.interpreter, tag.abi) for tag in _tags(python, ["any"]))


def _tags(python: PythonTarget, platforms: Sequence[str]) -> Iterator[tags.Tag]:
    major, minor = _numbers(python.version)
    interpreter = f"cp{major}{minor}"
    # The ABI is given because packaging would otherwise describe the interpreter that runs here. That of interpreters
    # without the global lock ends with a `t`, and they do not have the stable ABI of the others (PEP 703).
    abi = f"{interpreter}t" if python.free_threaded else interpreter
    yield from tags.cpython_tags((major, minor), [abi], platforms)
    yield from tags.compatible_tags((major, minor), interpreter, platforms)


def glibc_minor(python: PythonTarget) -> int:
    """The minor version of the target's C library: 28 of 2.28."""
    major, minor = _numbers(python.glibc or DEFAULT_GLIBC)
    return minor if major == 2 else _LATEST if major > 2 else 0


def glibc_of(platform: str) -> tuple[int, int] | None:
    """The oldest C library that a wheel with a platform tag promises to work with (PEP 600); ``None`` for no glibc."""
    found = _MANYLINUX.fullmatch(platform)
    return (int(found[1]), int(found[2])) if found else _LEGACY_GLIBC.get(platform.partition("_")[0])


def platform_floor(platform: str) -> tuple[int, int] | None:
    """The oldest C library or macOS that a wheel with a platform tag promises to work with; ``None`` for others."""
    found = _MACOS.fullmatch(platform)
    return (int(found[1]), int(found[2])) if found else glibc_of(platform)


def _platforms(python: PythonTarget) -> Iterator[str]:
    subdir = find_subdir(python.platform)
    if subdir.family == "linux":
        yield from _linux_platforms(subdir.tag, glibc_minor(python))
    elif subdir.family == "osx":
        yield from tags.mac_platforms(_numbers(python.macos or DEFAULT_MACOS), subdir.tag)
    elif subdir.tag:
        yield subdir.tag


def _numbers(version: str) -> tuple[int, int]:
    """The first two numbers of a version, 0 for one that is not there; none is larger than the latest can be."""
    major, minor = (min(int(part), _LATEST) for part in [*_NUMBER.findall(version), "0", "0"][:2])
    return major, minor


def _linux_platforms(machine: str, newest: int) -> Iterator[str]:
    oldest = 5 if machine in _OLD_MACHINES else 17
    for minor in range(newest, oldest - 1, -1):
        yield f"manylinux_2_{minor}_{machine}"
        if minor in _LEGACY_MANYLINUX:
            yield f"{_LEGACY_MANYLINUX[minor]}_{machine}"
    yield f"linux_{machine}"
