"""Rules of name mapping in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interlock_hooks.types import NameOrigin

_WORDS = {
    "inline": "the manifest",
    "map": "the map {source} of the manifest",
    "off": "turned off in the manifest",
    "plugin": "the plugin {source}",
    "purl": "the channel (purl)",
    "published": "conda-forge's published map",
    "snapshot": "the copy of conda-forge's map that comes with Interlock",
    "same-name": "the same name: a guess",
    "files": "its own files",
    "none": "it does not depend on python",
}


def rule_in_words(origin: NameOrigin) -> str:
    """Which rule decided, with the line of the manifest if it is one of the manifest's."""
    words = _WORDS[origin.rule].format(source=origin.source)
    return words if origin.where is None else f"{words}, {origin.where.file}:{origin.where.line}"
