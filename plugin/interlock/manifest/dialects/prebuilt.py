"""``prebuilt``: where others offer wheels of a package that they have built."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import tomli

from interlock.manifest import codes
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
        table = package.at(value, *place)
        url = table.required("index")
        table.close()
        if url is None:
            return None
        return PrebuiltSource(url=_address(url, package, place), index=True, where=package.where(*place))
    if not isinstance(value, str) or not value.strip():
        package.wrong_type(_EXPECTED, value, *place)
        return None
    if value == _RELEASES:
        url = _releases().get(name or "")
        if url is None:
            known = ", ".join(sorted(_releases()))
            package.error(
                codes.WRONG_VALUE,
                f"it is not known where {name} publishes wheels",
                *place,
                fix=f'write the address of its release page; "releases" is known for {known}',
            )
            return None
        return PrebuiltSource(url=url, where=package.where(*place))
    return PrebuiltSource(url=_address(value, package, place), where=package.where(*place))


def _address(text: str, table: Table, place: tuple[str | int, ...]) -> str:
    if not _ADDRESS.fullmatch(text):
        what = f"{text!r} has braces around something that is not known"
        table.error(codes.WRONG_VALUE, what, *place, fix="what can stand there is {version}, {torch} and {cuda}")
    # The URL of a path would have its braces quoted.
    return text if is_url(text) else f"file://{absolute(text, table.root)}"


@cache
def _releases() -> dict[str, str]:
    return dict(tomli.loads(_DATA.read_text(encoding="utf-8")))
