"""pixi's ``conda-pypi-map``: which PyPI names conda packages provide, where the published map is wrong or silent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName, canonicalize_name

from interlock.manifest import report as codes
from interlock.manifest.table import Table, kind
from interlock.manifest.urls import absolute, is_url

if TYPE_CHECKING:
    from pathlib import Path

Names = dict[str, tuple[NormalizedName, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NameMap:
    """PyPI names by conda name (none: the package provides no distribution), and the files that were read for them."""

    names: Names = field(default_factory=dict)
    files: tuple[Path, ...] = ()


def read_name_map(table: Table) -> NameMap:
    """The ``conda-pypi-map`` of a workspace table; what earlier channels say wins."""
    value = table.raw("conda-pypi-map")
    if value is None:
        return NameMap()
    if isinstance(value, bool):
        what = "conda-pypi-map cannot be switched off; use a mapping with false for single packages"
        table.warning(codes.UNSUPPORTED, what, "conda-pypi-map")
        return NameMap()
    channels = table.table("conda-pypi-map")
    if channels is None:
        return NameMap()
    names: Names = {}
    files: list[Path] = []
    for channel in channels.entries():
        for found in _channel(channels, channel, files):
            names = {**found, **names}
    return NameMap(names=names, files=tuple(files))


def _channel(table: Table, channel: str, files: list[Path]) -> Iterator[Names]:
    value = table.raw(channel)
    if isinstance(value, str):
        yield from _location(table, value, files, channel)
    elif isinstance(value, dict):
        entry = table.at(value, channel)
        inline = entry.table("mapping")
        if inline:
            yield _read_names(inline)
        location = entry.string("location")
        if location:
            yield from _location(entry, location, files, "location")
        if entry.choice("mapping-mode", ("overlay", "replace")) == "replace":
            what = "mapping-mode 'replace' has no effect: the mapping is laid over the published one"
            entry.warning(codes.UNSUPPORTED, what, "mapping-mode")
        entry.boolean("same-name-heuristic")
        entry.close()
    elif value is False:
        what = f"the mapping of channel {channel!r} cannot be switched off"
        table.warning(codes.UNSUPPORTED, what, channel, fix="Map single packages to false instead.")
    else:
        table.wrong_type("a path, false or a table", value, channel)


def _read_names(table: Table) -> Names:
    found: Names = {}
    for conda in table.entries():
        value = table.raw(conda)
        names = pypi_names(value)
        if names is None:
            table.wrong_type("a PyPI name, an array of them, or false", value, conda)
        else:
            found[conda.lower()] = names
    return found


def pypi_names(value: object) -> tuple[NormalizedName, ...] | None:
    """The names that one value of a map means, ``None`` if it is malformed."""
    if value is None or value is False:
        return ()
    values = value if isinstance(value, list) else [value]
    names = [name for name in values if isinstance(name, str) and name]
    return tuple(canonicalize_name(name) for name in names) if len(names) == len(values) else None


def _location(table: Table, location: str, files: list[Path], key: str) -> Iterator[Names]:
    if is_url(location):
        what = "a conda-pypi-map at a URL is not read"
        table.warning(codes.UNSUPPORTED, what, key, fix="Download the file and name its path.")
        return
    path = absolute(location, table.root)
    files.append(path)
    try:
        data = json.loads(path.read_bytes())
    except OSError as error:
        table.error(codes.MISSING_PATH, f"the map {location!r} cannot be read", key, why=error.strerror or str(error))
        return
    except ValueError as error:
        table.error(codes.WRONG_VALUE, f"the map {location!r} is not valid JSON", key, why=str(error))
        return
    if not isinstance(data, dict):
        table.error(codes.WRONG_VALUE, f"the map {location!r} is not a JSON object but {kind(data)}", key)
        return
    names = {conda.lower(): pypi_names(value) for conda, value in data.items()}
    wrong = [conda for conda, value in names.items() if value is None]
    if wrong:
        table.error(codes.WRONG_VALUE, f"the map {location!r} has no valid name for {wrong[0]!r}", key)
    yield {conda: value for conda, value in names.items() if value is not None}
