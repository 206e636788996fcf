"""pixi's ``pypi-dependencies`` table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.core.urls import split_url
from interlock.manifest import codes
from interlock.manifest.dialects.indexes import read_index_url
from interlock.manifest.requirements import (
    Parsed,
    Source,
    read_direct_source,
    read_marker,
    read_name,
    read_specifiers,
)
from interlock_hooks.types.requirements import Index, Requirement

if TYPE_CHECKING:
    from interlock.manifest.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class PyPIDependencies:
    """Requirements, and the indexes that some of them name by URL."""

    requirements: tuple[Requirement, ...] = ()
    indexes: tuple[Index, ...] = ()


def read_pypi_dependencies(table: Table | None) -> PyPIDependencies:
    """Read the table: version strings, and tables with version, extras, index, git, path or url."""
    if table is None:
        return PyPIDependencies()
    requirements: dict[str, Requirement] = {}
    indexes: dict[str, Index] = {}
    for key in table.entries():
        name = read_name(table, key, key)
        value = table.raw(key)
        if name is None:
            continue
        if name in requirements:
            fix = f"both spellings mean {name!r}; keep one of them"
            table.error(codes.CONFLICT, f"{key!r} is listed twice in one table", key, fix=fix)
        elif isinstance(value, str):
            parsed = Parsed(name=name, specifiers=read_specifiers(table, value, key))
            requirements[name] = Source().applied(parsed, table.where(key))
        elif isinstance(value, dict):
            requirement, index = _from_table(table.at(value, key), Parsed(name=name))
            requirements[name] = requirement
            if index:
                indexes[index.url] = index
        else:
            table.wrong_type("a version string or a table", value, key)
    return PyPIDependencies(requirements=tuple(requirements.values()), indexes=tuple(indexes.values()))


def _from_table(table: Table, parsed: Parsed) -> tuple[Requirement, Index | None]:
    extras = tuple(
        sorted({name for i, text in table.numbered_strings("extras") if (name := read_name(table, text, "extras", i))})
    )
    source = read_direct_source(table)
    version = table.string("version")
    if version and source:
        table.error(codes.CONFLICT, "a direct reference cannot have a version", "version", fix="remove 'version'")
    specifiers = read_specifiers(table, version, "version") if version else ""
    index = _index(table)
    marker = None
    for key in ("env-markers", "markers", "marker"):
        text = table.string(key)
        marker = (read_marker(table, text, key) if text else None) or marker
    table.close()
    complete = Parsed(name=parsed.name, extras=extras, specifiers=specifiers, marker=marker)
    source = source or Source(index=index.name if index else None)
    return source.applied(complete, table.where()), index


def _index(table: Table) -> Index | None:
    """Pixi names an index by its URL; only the requirements that do so are served from it."""
    url = read_index_url(table, "index")
    if not url:
        return None
    parts = split_url(url)
    name = re.sub(
        r"[^a-z0-9]+", "-", f"{parts.hostname or ''}:{parts.port or ''}{parts.path}?{parts.query}".lower()
    ).strip("-")
    return Index(url=url, name=name or "index", explicit=True, where=table.where("index"))
