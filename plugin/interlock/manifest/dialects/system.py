"""System requirements and rich platforms: the virtual packages (CEP 30) that the manifest declares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from interlock.core.platforms import COMMON, DEFAULT_GLIBC, DEFAULT_LINUX, DEFAULT_MACOS, SUBDIRS
from interlock.manifest import codes
from interlock.manifest.dialects.platform_rules import check_packages, check_platform
from interlock.manifest.model import Platform
from interlock.manifest.report import nearest
from interlock_hooks.types.environment import SystemRequirement

if TYPE_CHECKING:
    from interlock.manifest.table import Table

_VERSION = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})*\Z")
# Keys of pixi's tables with the virtual packages they stand for.
_SYSTEM = {"cuda": "__cuda", "linux": "__linux", "macos": "__osx", "archspec": "__archspec"}
# In the order in which they are part of the name of a platform.
_NAMED = {
    "__cuda": "cuda",
    "__archspec": "archspec",
    "__glibc": "glibc",
    "__linux": "linux",
    "__osx": "macos",
    "__win": "windows",
}
_DEFAULTS = {("linux", "__glibc"): DEFAULT_GLIBC, ("linux", "__linux"): DEFAULT_LINUX, ("osx", "__osx"): DEFAULT_MACOS}
_RICH = {**_SYSTEM, "glibc": "__glibc", "musl": "__musl", "windows": "__win", "osx": "__osx"}


def read_system_requirements(table: Table | None) -> tuple[SystemRequirement, ...]:
    """A ``system-requirements`` table."""
    if table is None:
        return ()
    found = [requirement for key, name in _SYSTEM.items() for requirement in _read(table, key, name)]
    found.extend(_libc(table))
    check_packages(table, found)
    table.ignore("unix")
    table.close()
    return tuple(found)


def _read(table: Table, key: str, name: str) -> Iterator[SystemRequirement]:
    value = table.raw(key)
    if value is None:
        return
    if key == "cuda" and isinstance(value, dict):
        cuda = table.at(value, key)
        yield from _read(cuda, "driver", "__cuda")
        yield from _read(cuda, "arch", "__cuda_arch")
        cuda.close()
        return
    version = _version(table, value, key, anything=name in ("__archspec",) or key.startswith("__"))
    if version:
        yield SystemRequirement(name=name, version=version, where=table.where(key))


def _version(table: Table, value: object, key: str, *, anything: bool = False) -> str | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        table.wrong_type("a version such as '12.4'", value, key)
    elif not anything and not _VERSION.match(value):
        fix = "write the version alone, without an operator" if re.match(r"[<>=~!]", value) else "write it like '12.4'"
        table.error(codes.WRONG_VALUE, f"{value!r} is not a version", key, fix=fix)
    else:
        return value
    return None


def _libc(table: Table) -> Iterator[SystemRequirement]:
    value = table.raw("libc")
    if not isinstance(value, dict):
        yield from _read(table, "libc", "__glibc")
        return
    libc = table.at(value, "libc")
    family = libc.choice("family", ("glibc", "musl")) or "glibc"
    yield from _read(libc, "version", f"__{family}")
    libc.close()


def read_platforms(table: Table) -> tuple[Platform, ...] | None:
    """The ``platforms`` of a workspace: names of subdirs, or tables with what the platform promises."""
    if not table.expect("platforms"):
        return None
    found: dict[str, Platform] = {}
    for index, value in table.elements("platforms", "an array of platforms"):
        platform = _platform(table, value, index)
        if platform and platform.name in found:
            fix = "give each of the platform tables its own name"
            table.error(codes.CONFLICT, f"the platform {platform.name!r} is listed twice", "platforms", index, fix=fix)
        elif platform:
            found[platform.name] = platform
    return tuple(found.values())


def _platform(table: Table, value: object, index: int) -> Platform | None:
    where = table.where("platforms", index)
    if isinstance(value, str):
        return Platform(name=value, subdir=value, where=where) if known_subdir(table, value, index) else None
    if not isinstance(value, dict):
        table.wrong_type("an array of platform names or tables", value, "platforms", index)
        return None
    entry = table.at(value, "platforms", index)
    name, subdir = entry.string("name"), entry.string("platform")
    if subdir is None and name is None:
        entry.error(codes.MISSING_KEY, "a platform table needs the key 'platform'", fix='add platform = "linux-64"')
        return None
    requirements = [item for key, package in _RICH.items() for item in _read(entry, key, package)]
    for key in [key for key in value if key.startswith("__")]:
        requirements.extend(_read(entry, key, key))
    check_platform(entry, requirements)
    entry.close()
    subdir = subdir or name or ""
    if not known_subdir(table, subdir, index):
        return None
    found = tuple(requirements)
    return Platform(name=name or _derived_name(subdir, found), subdir=subdir, system_requirements=found, where=where)


def _derived_name(subdir: str, requirements: Iterable[SystemRequirement]) -> str:
    """The name of a platform that has none, as pixi makes it: ``linux-64-cuda-12-9``; defaults are not part of it."""
    versions = {each.name: each.version for each in requirements}
    known = [*_NAMED, *sorted(versions.keys() - _NAMED.keys())]
    parts = [
        f"-{_dashed(_NAMED.get(name, name))}-{_dashed(versions[name])}"
        for name in known
        if name in versions and versions[name] != _DEFAULTS.get((subdir.partition("-")[0], name))
    ]
    return subdir + "".join(parts)


def _dashed(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")


def known_subdir(table: Table, subdir: str, index: int) -> bool:
    """Whether a platform is a conda subdir; reports IL108 if it is not."""
    if subdir in SUBDIRS:
        return True
    guess = nearest(subdir, SUBDIRS) or _by_other_name(subdir)
    table.error(
        codes.UNKNOWN_PLATFORM,
        f"{subdir!r} is not a conda platform",
        "platforms",
        index,
        fix=f"did you mean {guess!r}?" if guess else f"known platforms are {', '.join(COMMON)} and others",
    )
    return False


def _by_other_name(name: str) -> str | None:
    """The subdir behind the names that other tools give to platforms."""
    lowered = name.lower()
    arm = any(word in lowered for word in ("arm64", "aarch64"))
    if "linux" in lowered:
        return "linux-aarch64" if arm else "linux-64"
    if any(word in lowered for word in ("mac", "darwin", "osx")):
        return "osx-arm64" if arm else "osx-64"
    return "win-64" if "win" in lowered else None
