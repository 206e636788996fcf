"""uv's ``environments``: the platforms that a project is for, said in markers (PEP 508)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.markers import InvalidMarker, Marker, UndefinedEnvironmentName

from interlock.manifest import report as codes
from interlock.manifest.model import Platform

if TYPE_CHECKING:
    from interlock.manifest.table import Table

# sys_platform, platform_system, os_name, platform_machine of the platforms that uv knows as well.
_TARGETS = {
    "linux-64": ("linux", "Linux", "posix", "x86_64"),
    "linux-aarch64": ("linux", "Linux", "posix", "aarch64"),
    "osx-arm64": ("darwin", "Darwin", "posix", "arm64"),
    "osx-64": ("darwin", "Darwin", "posix", "x86_64"),
    "win-64": ("win32", "Windows", "nt", "AMD64"),
    "win-arm64": ("win32", "Windows", "nt", "ARM64"),
}
# What is meant where a marker names no machine: the same everywhere, so that locks are.
_USUAL = ("linux-64", "osx-arm64", "win-64")
_SYSTEM = ("sys_platform", "platform_system", "os_name")
_MACHINE = "platform_machine"
# Conditions on Python do not decide about platforms.
_PYTHONS = tuple(f"3.{minor}" for minor in range(8, 17))


def read_environments(table: Table) -> tuple[Platform, ...] | None:
    """The platforms of ``environments``; ``None`` if it says nothing about platforms.

    Reports IL105 for what is no marker, and for one that holds on no platform.
    """
    found: dict[str, Platform] = {}
    value = table.raw("environments")
    texts = [(None, value)] if isinstance(value, str) else list(table.numbered_strings("environments"))
    for index, text in texts:
        keys = ("environments",) if index is None else ("environments", index)
        if not any(word in text for word in (*_SYSTEM, _MACHINE)):
            continue
        try:
            subdirs = _matching(text)
        except (InvalidMarker, UndefinedEnvironmentName) as error:
            table.error(codes.WRONG_VALUE, f"{text!r} is not a marker", *keys, why=str(error).splitlines()[0])
            continue
        if not subdirs:
            fix = "Write for example \"sys_platform == 'linux'\"."
            table.error(codes.WRONG_VALUE, f"{text!r} holds on no platform", *keys, fix=fix)
        for subdir in subdirs:
            found.setdefault(subdir, Platform(name=subdir, subdir=subdir, where=table.where(*keys)))
    return tuple(found.values()) or None


def _matching(text: str) -> list[str]:
    marker = Marker(text)
    candidates = _TARGETS if _MACHINE in text else _USUAL
    return [subdir for subdir in candidates if any(marker.evaluate(_values(subdir, python)) for python in _PYTHONS)]


def _values(subdir: str, python: str) -> dict[str, str]:
    values = dict(zip((*_SYSTEM, _MACHINE), _TARGETS[subdir], strict=True))
    return {
        **values,
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
