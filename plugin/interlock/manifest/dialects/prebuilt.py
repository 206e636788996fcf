"""``prebuilt``: where others offer wheels of a package that they have built."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import tomli

from interlock.manifest import codes
from interlock.manifest.dialects.trust import read_trust
from interlock.manifest.urls import absolute, is_url
from interlock_hooks.types.build import PrebuiltSource

if TYPE_CHECKING:
    from interlock.manifest.table import Table

_RELEASES = "releases"
_DATA = Path(__file__).parent.parent / "data" / "prebuilt_releases.toml"
_ADDRESS = re.compile(r"(?:[^{}]|\{(?:version|torch|cuda)\})*")
_EXPECTED = 'a directory, the URL of a page with links, "releases", or a table such as { index = "URL" }'


def read_prebuilt(table: Table, name: str | None) -> tuple[PrebuiltSource, ...]:
    """The sources of prebuilt wheels of a package, in the order in which they are listed.

    ``"releases"`` stands for where the project itself publishes them (``data/prebuilt_releases.toml``).
    """
    found = (
        _source(table, value, index, name)
        for index, value in table.elements("prebuilt", "an array of places with wheels")
    )
    return tuple(source for source in found if source is not None)


def _source(package: Table, value: object, index: int, name: str | None) -> PrebuiltSource | None:
    place = ("prebuilt", index)
    if isinstance(value, dict):
        return _source_in(package.at(value, *place), package, place, name)
    if not isinstance(value, str) or not value.strip():
        package.wrong_type(_EXPECTED, value, *place)
        return None
    url = _place(value, package, place, name)
    return None if url is None else PrebuiltSource(url=url, where=package.where(*place))


def _source_in(table: Table, package: Table, place: tuple[str | int, ...], name: str | None) -> PrebuiltSource | None:
    """The source that a table names: an index, or as ``url`` any other."""
    index = "url" not in table
    other = table.string("url")
    text = other if other is not None and "index" not in table else table.required("index")
    trust = read_trust(table)
    table.close()
    if not index and "index" in table:
        table.error(codes.WRONG_VALUE, "a source is either an index or another 'url'", "url", fix="remove one of them")
    if text is None:
        return None
    url = _address(text, package, place) if index else _place(text, package, place, name)
    return None if url is None else PrebuiltSource(url=url, index=index, trust=trust, where=package.where(*place))


def _place(text: str, package: Table, place: tuple[str | int, ...], name: str | None) -> str | None:
    if text != _RELEASES:
        return _address(text, package, place)
    url = _releases().get(name or "")
    if url is None:
        known = ", ".join(sorted(_releases()))
        package.error(
            codes.WRONG_VALUE,
            f"it is not known where {name} publishes wheels",
            *place,
            fix=f'write the address of its release page; "releases" is known for {known}',
        )
    return url


def _address(text: str, table: Table, place: tuple[str | int, ...]) -> str:
    if not _ADDRESS.fullmatch(text):
        what = f"{text!r} has braces around something that is not known"
        table.error(codes.WRONG_VALUE, what, *place, fix="what can stand there is {version}, {torch} and {cuda}")
    # The URL of a path would have its braces quoted.
    return text if is_url(text) else f"file://{absolute(text, table.root)}"


@cache
def _releases() -> dict[str, str]:
    return dict(tomli.loads(_DATA.read_text(encoding="utf-8")))
