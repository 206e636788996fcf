"""Dependencies in pixi's tables: of a ``pixi.toml``, or below ``[tool.pixi]``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from interlock.manifest.editing.dialects import CONDA_TABLES, PYPI_TABLE, normal, pixi_table

if TYPE_CHECKING:
    from interlock.manifest.editing.dependency import Dependency, Place
    from interlock.manifest.editing.toml_file import TomlFile
    from interlock.manifest.positions import Key

_SOURCES = ("git", "rev", "branch", "tag", "path", "editable", "url", "subdirectory", "index")


def add_to_pixi(file: TomlFile, prefix: Key, place: Place, dependency: Dependency) -> TomlFile:
    """Add a dependency to the table of a place, or change the entry that is there."""
    table = pixi_table(prefix, place)
    keys = CONDA_TABLES if dependency.ecosystem == "conda" else (PYPI_TABLE,)
    for key in keys:
        if (name := _spelled(file.get((*table, key)), dependency)) is not None:
            return _changed(file, (*table, key, name), dependency)
    near = [(*table, "dependencies"), (*table, PYPI_TABLE), (*prefix, "dependencies"), (*prefix, "workspace")]
    return file.with_value((*table, keys[-1], dependency.name), _value(dependency), near=near)


def _spelled(table: object, dependency: Dependency) -> str | None:
    """The name of a dependency as a table has it."""
    names = table if isinstance(table, Mapping) else {}
    wanted = normal(dependency.ecosystem, dependency.name)
    return next((name for name in names if normal(dependency.ecosystem, name) == wanted), None)


def _value(dependency: Dependency) -> Any:
    """What stands beside the name: a version if there is nothing else to say."""
    said = _said(dependency)
    return said.get("version") or "*" if set(said) <= {"version"} else said


def _said(dependency: Dependency) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if dependency.version or not dependency.source:
        found["version"] = dependency.version or "*"
    found.update(dependency.fields)
    if dependency.extras:
        found["extras"] = list(dependency.extras)
    found.update(dependency.source)
    if dependency.marker:
        found["env-markers"] = dependency.marker
    return found


def _changed(file: TomlFile, path: Key, dependency: Dependency) -> TomlFile:
    """An entry that is there, with what is new; what nothing is said about stays."""
    old, new = file.get(path), _said(dependency)
    if not dependency.version:
        new.pop("version", None)
    if not isinstance(old, Mapping):
        return file.with_value(path, _merged({"version": old}, new)) if new else file
    for key in _SOURCES if new.keys() & {"version", *_SOURCES} else ():
        if key in old and key not in new and not (key == "index" and not dependency.source):
            file = file.without((*path, key))
    if dependency.source and "version" in old:
        file = file.without((*path, "version"))
    for key, value in new.items():
        file = file.with_value((*path, key), value)
    return file


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> Any:
    kept = {} if new.keys() & set(_SOURCES) else old
    found = {**kept, **new}
    return found["version"] if set(found) == {"version"} else found
