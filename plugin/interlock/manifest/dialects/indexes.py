"""URLs of package indexes and find-links locations, in any table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.urls import check_address, redacted, scheme_of
from interlock.manifest import codes
from interlock.manifest.dialects.exclude_newer import read_own_limit
from interlock.manifest.urls import index_url, location
from interlock_hooks.types.requirements import Index

if TYPE_CHECKING:
    from interlock.manifest.table import Table

_SCHEMES = ("https", "http", "file")


def read_index_url(table: Table, key: str) -> str | None:
    """The address of a package index, a path as ``file:`` URL; reports IL105 if it cannot be read."""
    text = table.string(key)
    return read_address(table, text, key) if text else None


def read_address(table: Table, text: str, *keys: str | int) -> str | None:
    """As :func:`read_index_url`, of a text at any key of a table."""
    return _checked(table, text, index_url(text, table.root), *keys)


def read_default_index(table: Table) -> list[Index]:
    """The index that replaces the default one, if the table names one."""
    url = read_index_url(table, "index-url")
    return [Index(url=url, default=True, where=table.where("index-url"))] if url else []


def read_indexes(table: Table, key: str) -> list[Index]:
    """The indexes of an array of addresses, or of tables ``{ url, exclude-newer }`` (pixi's)."""
    found = []
    for number, value in table.elements(key, "an array of URLs"):
        where = table.where(key, number)
        if isinstance(value, dict):
            entry = table.at(value, key, number)
            url = read_index_url(entry, "url") if "url" in entry else entry.required("url")
            index = Index(url=url or "", exclude_newer=read_own_limit(entry), where=where)
            entry.close()
        elif isinstance(value, str):
            index = Index(url=read_address(table, value, key, number) or "", where=where)
        else:
            table.wrong_type("an array of URLs or tables", value, key, number)
            continue
        found.append(index)
    return [index for index in found if index.url]


def read_location(table: Table, text: str, *keys: str | int) -> str | None:
    """A find-links location: a URL as it is, or an absolute path; reports IL105 if it cannot be read."""
    place = location(text, table.root)
    return _checked(table, text, place, *keys) if scheme_of(place) else place


def _checked(table: Table, written: str, url: str, *keys: str | int) -> str | None:
    try:
        if scheme_of(url) not in _SCHEMES:
            raise ValueError("packages are looked for at https:, http: and file: URLs, and in directories")
        check_address(url)
    except ValueError as error:
        table.error(codes.WRONG_VALUE, f"packages cannot be looked for at {redacted(written)!r}", *keys, why=str(error))
        return None
    return url
