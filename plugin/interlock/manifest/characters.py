"""Where a manifest has a NUL: no path, URL, variable or argument of a program can hold one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from interlock.manifest.positions import Key

# TOML and YAML hold it only as an escape, so that nearly no manifest has to be looked through.
_ESCAPED = re.compile(r"\\(?:0|u0000|U00000000|x00)")


def places_of_nul(text: str, data: dict[str, Any]) -> list[Key]:
    """The texts and keys of a document with a NUL."""
    return list(_places(data, ())) if _ESCAPED.search(text) else []


def _places(value: Any, path: Key) -> Iterator[Key]:
    if isinstance(value, str) and "\0" in value:
        yield path
    elif isinstance(value, dict):
        for key, item in value.items():
            if "\0" in key:
                yield (*path, key)
            yield from _places(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _places(item, (*path, number))
