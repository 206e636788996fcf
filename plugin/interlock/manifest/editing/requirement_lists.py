"""Dependencies in the lists of the standards (PEP 621, PEP 735)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from packaging.markers import Marker
from packaging.utils import canonicalize_name

from interlock.core.platforms import SUBDIRS
from interlock.manifest.editing.dependency import Dependency, plain_quotes
from interlock.manifest.editing.dialects import NAMED_LISTS, PROJECT_LIST, name_in
from interlock.manifest.editing.toml_file import place_in
from interlock.manifest.markers import both
from interlock.manifest.model import DEFAULT
from interlock.manifest.requirements import parse

if TYPE_CHECKING:
    from interlock.manifest.editing.toml_file import TomlFile
    from interlock.manifest.positions import Key

_FAMILIES = {
    "linux": "sys_platform == 'linux'",
    "osx": "sys_platform == 'darwin'",
    "macos": "sys_platform == 'darwin'",
    "win": "sys_platform == 'win32'",
    "unix": "os_name == 'posix'",
}


def list_of(file: TomlFile, feature: str) -> Key:
    """The list of a feature: the extra of that name if there is one and no group, else the group."""
    if feature == DEFAULT:
        return PROJECT_LIST
    for table in NAMED_LISTS:
        named = file.get(table)
        for name in named if isinstance(named, dict) else ():
            if canonicalize_name(name) == canonicalize_name(feature):
                return (*table, name)
    return ("dependency-groups", feature)


def platform_marker(platform: str) -> str | None:
    """The marker that holds on a platform of conda's or a family of them; ``None`` if there is no such."""
    if platform in _FAMILIES:
        return _FAMILIES[platform]
    subdir = SUBDIRS.get(platform)
    return None if subdir is None else subdir.marker


def add_to_list(file: TomlFile, path: Key, dependency: Dependency) -> TomlFile:
    """Add a requirement to a list, or change the one with its name and marker.

    Raises :class:`LookupError` if the list has several of that name and none with that marker.
    """
    listed = file.get(path)
    if not isinstance(listed, list):
        return file.with_value(path, [dependency.requirement])
    names = [name_in(text) if isinstance(text, str) else "" for text in listed]
    markers = [marker_of(text) if isinstance(text, str) else None for text in listed]
    index, is_new = element_for(dependency, names, markers)
    if is_new:
        return file.with_element(path, index, dependency.requirement)
    old = listed[index]
    new = changed_requirement(old, dependency)
    return file if new == old else file.with_value((*path, index), new)


def element_for(dependency: Dependency, names: Sequence[str], markers: Sequence[str | None]) -> tuple[int, bool]:
    """The element of a list that is about a dependency, or the place of a new one, and whether it is new.

    A dependency without a marker is about the only element of its name, whatever marker that has. Raises
    :class:`LookupError` if several elements could be meant.
    """
    wanted = canonicalize_name(dependency.name)
    same = [index for index, name in enumerate(names) if canonicalize_name(name) == wanted]
    if not same:
        return place_in(names, wanted, canonicalize_name), True
    chosen = [index for index in same if markers[index] == dependency.marker]
    if len(same) == 1 and dependency.marker is None:
        chosen = same
    elif dependency.marker and not chosen:
        return same[-1] + 1, True
    if len(chosen) != 1:
        raise LookupError(wanted)
    return chosen[0], False


def on_platform(dependency: Dependency, platform: str) -> Dependency | None:
    """A dependency for a platform only; ``None`` if no marker can say that."""
    marker = platform_marker(platform)
    if marker is None:
        return None
    # As a list is read, so that the same addition finds it again.
    joined = str(Marker(both(dependency.marker, marker) or marker))
    return replace(dependency, marker=plain_quotes(joined))


def marker_of(text: str) -> str | None:
    """The marker of a requirement, as :class:`~interlock.manifest.editing.dependency.Dependency` has it."""
    marker = parse(text).marker
    return plain_quotes(marker) if marker else None


def changed_requirement(text: str, dependency: Dependency) -> str:
    """A requirement with what is new; its extras and its marker stay."""
    old = parse(text)
    said: dict[str, Any] = {"extras": tuple(sorted({*old.extras, *dependency.extras}))}
    if dependency.version or dependency.source:
        said |= {"specifiers": dependency.version, "url": None}
    if dependency.marker:
        said["marker"] = dependency.marker
    new = replace(old, **said)
    if new == old:
        return text
    # The name stays as it was written.
    written = plain_quotes(str(replace(new, name=canonicalize_name("x")))).removeprefix("x")
    return name_in(text).strip() + written
