"""uv's ``environments``: the platforms of a project, as markers (PEP 508)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.markers import NOTHING_SELECTED, marker_environment
from interlock.core.pep508 import parse_marker
from interlock.core.platforms import COMMON, SUBDIRS
from interlock.manifest import codes
from interlock.manifest.model import Platform
from interlock_hooks.types import PythonTarget

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.markers import Marker

    from interlock.core.markers import Variables
    from interlock.manifest.table import Table

# What is meant where a marker names no machine: the same everywhere, so that locks are.
_USUAL = ("linux-64", "osx-arm64", "win-64")
_SYSTEM = ("sys_platform", "platform_system", "os_name")
_MACHINE = "platform_machine"
# Conditions on Python do not decide about platforms.
_PYTHONS = tuple(f"3.{minor}.0" for minor in range(8, 17))


def read_environments(table: Table) -> tuple[Platform, ...] | None:
    """The platforms of ``environments``; ``None`` if it says nothing about platforms.

    Reports IL105 for an invalid marker, and for one that does not match any platform.
    """
    found: dict[str, Platform] = {}
    value = table.raw("environments")
    texts = [(None, value)] if isinstance(value, str) else list(table.numbered_strings("environments"))
    for index, text in texts:
        keys = ("environments",) if index is None else ("environments", index)
        if not any(word in text for word in (*_SYSTEM, _MACHINE)):
            continue
        try:
            subdirs = _matching(parse_marker(text))
        except ValueError as error:
            table.error(codes.WRONG_VALUE, f"{text!r} is not a valid marker", *keys, why=str(error))
            continue
        if not subdirs:
            fix = "write it like \"sys_platform == 'linux'\""
            table.error(codes.WRONG_VALUE, f"{text!r} does not match any platform", *keys, fix=fix)
        for subdir in subdirs:
            found.setdefault(subdir, Platform(name=subdir, subdir=subdir, where=table.where(*keys)))
    return tuple(found.values()) or None


def _matching(marker: Marker) -> list[str]:
    return [
        subdir
        for subdir in _candidates(str(marker))
        if any(marker.evaluate(_variables(subdir, python)) for python in _PYTHONS)
    ]


def _candidates(marker: str) -> Iterable[str]:
    if _MACHINE not in marker:
        return _USUAL
    # `platform_machine != "arm64"` does not mean platforms that hardly anybody has.
    named = (subdir.name for subdir in SUBDIRS.values() if subdir.uv and f'"{subdir.machine}"' in marker)
    return dict.fromkeys((*COMMON, *named))


def _variables(subdir: str, python: str) -> Variables:
    return {**NOTHING_SELECTED, **marker_environment(PythonTarget(version=python, platform=subdir))}
