"""URLs of package indexes and find-links locations, in any table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.urls import check_address, redacted, scheme_of
from interlock.manifest import codes
from interlock.manifest.urls import index_url, location

if TYPE_CHECKING:
    from interlock.manifest.table import Table

_SCHEMES = ("https", "http", "file")


def read_index_url(table: Table, key: str) -> str | None:
    """The address of a package index, a path as ``file:`` URL; reports IL105 if it cannot be read."""
    text = table.string(key)
    return _checked(table, text, index_url(text, table.root), key) if text else None


def read_index_urls(table: Table, key: str) -> list[str]:
    """The addresses of an array, each as :func:`read_index_url` reads it."""
    read = (_checked(table, text, index_url(text, table.root), key, n) for n, text in table.numbered_strings(key))
    return [url for url in read if url]


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
