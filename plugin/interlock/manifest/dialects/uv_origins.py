"""Where packages come from by ``[tool.uv]``: its indexes, and the sources that can name them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.manifest import codes
from interlock.manifest.dialects.exclude_newer import read_own_limit
from interlock.manifest.dialects.indexes import read_default_index, read_index_url, read_indexes, read_location
from interlock.manifest.dialects.uv_sources import Sources, read_sources
from interlock.manifest.dialects.uv_tables import UvTables
from interlock.manifest.requirements import read_names
from interlock_hooks.types.requirements import Index

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName

    from interlock.manifest.requirements import Source
    from interlock.manifest.table import Table


def read_indexes_and_sources(table: Table) -> tuple[tuple[Index, ...], Sources]:
    """The indexes and sources of one table, as :func:`read_origins`."""
    return read_origins(UvTables(project=table, root=table, settings=table))


def read_origins(tables: UvTables) -> tuple[tuple[Index, ...], Sources]:
    """The indexes, those last that only sources can name, and the sources of the project and of its workspace."""
    own = dict.fromkeys((tables.settings, tables.root, tables.project))
    indexes: tuple[Index, ...] = ()
    for table in own:
        found = _indexes(table)
        indexes = (*indexes, *_named_only(indexes, found)) if table is not tables.settings else found
    sources: dict[NormalizedName, tuple[Source, ...]] = {}
    if not tables.settings.boolean("no-sources"):
        for table in dict.fromkeys((tables.root, tables.project)):
            sources |= read_sources(table, indexes)
    unsourced = read_names(tables.settings, "no-sources-package")
    return indexes, {name: listed for name, listed in sources.items() if name not in unsourced}


def read_find_links(table: Table) -> tuple[str, ...]:
    """Places with lists of links, as in ``find-links``."""
    places = (read_location(table, text, "find-links", n) for n, text in table.numbered_strings("find-links"))
    return tuple(place for place in places if place)


def _indexes(table: Table) -> tuple[Index, ...]:
    """In uv's order: ``[[index]]``, then ``extra-index-url``, then ``index-url``; the default one last."""
    found = []
    for entry in table.tables("index"):
        url = read_index_url(entry, "url") if "url" in entry else entry.required("url")
        layout = entry.choice("format", ("simple", "flat"))
        index = Index(
            url=url or "",
            name=entry.string("name"),
            default=bool(entry.boolean("default")),
            explicit=bool(entry.boolean("explicit")),
            format="flat" if layout == "flat" else "simple",
            exclude_newer=read_own_limit(entry),
            ignore_error_codes=_read_statuses(entry),
            where=entry.where("url"),
        )
        entry.ignore("publish-url", "authenticate", "cache-control", "hash-algorithm")
        entry.close()
        if index.explicit and not index.name:
            missing = (*entry.path, "name")
            what = "an explicit index needs a name"
            entry.error(codes.MISSING_KEY, what, "explicit", fix="add 'name'", about=missing, absent=[missing])
        if url:
            found.append(index)
    found.extend(read_indexes(table, "extra-index-url"))
    found.extend(read_default_index(table))
    _check_defaults(table, found)
    return tuple(index for index in found if not index.default) + tuple(index for index in found if index.default)


def _read_statuses(entry: Table) -> tuple[int, ...] | None:
    """The statuses by which a server says that it does not have a package."""
    key, found = "ignore-error-codes", []
    for number, value in entry.elements(key, "an array of integers"):
        if isinstance(value, bool) or not isinstance(value, int):
            entry.wrong_type("an array of integers", value, key, number)
        elif not 100 <= value <= 999:
            entry.error(
                codes.WRONG_VALUE, f"{value} is not a status of HTTP", key, number, fix="write one, such as 403"
            )
        else:
            found.append(value)
    return tuple(found) if key in entry else None


def _check_defaults(table: Table, indexes: list[Index]) -> None:
    names = [index.name for index in indexes if index.name]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated:
        table.error(codes.CONFLICT, f"two indexes have the name {repeated!r}", "index")
    if sum(index.default for index in indexes) > 1:
        key = "index-url" if "index-url" in table else "index"
        table.error(codes.CONFLICT, "two indexes are marked as default", key, fix="keep one of them")


def _named_only(indexes: Iterable[Index], others: Iterable[Index]) -> tuple[Index, ...]:
    """Further indexes that sources can name, although nothing else comes from them."""
    known = {index.name for index in indexes}
    return tuple(replace(each, explicit=True, default=False) for each in others if each.name and each.name not in known)
