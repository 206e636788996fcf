"""How a package is built, in the words of a manifest: ``no-build-isolation``, or Interlock's own table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.manifest.editing.toml_file import place_in
from interlock_hooks.types import BuildMode

if TYPE_CHECKING:
    from interlock.manifest.editing.toml_file import TomlFile
    from interlock.manifest.positions import Key

_PIXI_KEY = "no-build-isolation"
_OWN = ("tool", "interlock", "build", "packages")


def no_isolation_key(prefix: Key | None) -> Key:
    """The list of the packages that are built without isolation: pixi's, or uv's where there are no tables of pixi."""
    return ("tool", "uv", "no-build-isolation-package") if prefix is None else (*prefix, "pypi-options", _PIXI_KEY)


def with_mode(file: TomlFile, isolation: Key, name: str, mode: BuildMode) -> TomlFile:
    """With the mode in which a package is built; ``isolation`` is the list of :func:`no_isolation_key`."""
    if mode is not BuildMode.NO_ISOLATION:
        return with_own_mode(_without_listed(file, isolation, name), name, mode)
    file = _without_own_mode(file, name)
    listed = file.get(isolation)
    everything = file.get((*isolation[:-1], "no-build-isolation"))
    if listed is True or everything is True:
        return file
    if not isinstance(listed, list):
        return file.with_value(isolation, [name])
    if any(canonicalize_name(each) == name for each in listed):
        return file
    return file.with_element(isolation, place_in(listed, name, canonicalize_name), name)


def with_own_mode(file: TomlFile, name: str, mode: BuildMode) -> TomlFile:
    """With the mode in Interlock's table, for files in which a list of pixi's or uv's would count for nothing."""
    return file.with_value((*_own(file, name), "mode"), mode.value)


def without_modes(file: TomlFile, isolation: Key, name: str) -> TomlFile:
    """Without what :func:`with_mode` writes."""
    return _without_own_mode(_without_listed(file, isolation, name), name)


def _own(file: TomlFile, name: str) -> Key:
    packages = file.get(_OWN)
    spelled = (key for key in packages if canonicalize_name(key) == name) if isinstance(packages, dict) else ()
    return (*_OWN, next(iter(spelled), name))


def _without_own_mode(file: TomlFile, name: str) -> TomlFile:
    path = _own(file, name)
    table = file.get(path)
    if not isinstance(table, dict) or "mode" not in table:
        return file
    return file.without((*path, "mode")).without_empty(path)


def _without_listed(file: TomlFile, isolation: Key, name: str) -> TomlFile:
    listed = file.get(isolation)
    for index, each in enumerate(listed if isinstance(listed, list) else ()):
        if canonicalize_name(each) == name:
            if len(listed) > 1:
                return file.without_element(isolation, index)
            return file.without(isolation).without_empty(isolation[:-1])
    return file
