"""How the metadata of a package is known, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from interlock.graph.model import Node
    from interlock_hooks.types.pypi import MetadataOrigin

_WORDS = {
    "manifest": "declared in the manifest",
    "sdist": "stated by the source itself",
    "wheel": "taken from a wheel of the same version",
    "static": "read from {place}, which was not run",
    "prebuilt": "taken from a prebuilt wheel",
    "backend": "asked of the build backend",
    "build": "taken from the wheel that was built",
    "pkg-info": "assumed to be what {place} says",
}
_REFUTED = {
    "sdist": "what the source states",
    "wheel": "what a wheel of the same version says",
    "static": "what was read from the source",
    "prebuilt": "what a prebuilt wheel says",
    "backend": "what the build backend said",
    "pkg-info": "what PKG-INFO says",
}


def metadata_origin(node: Node) -> MetadataOrigin | Literal["sdist"] | None:
    """The origin of a package's metadata (:class:`~interlock_hooks.types.Metadata`); ``sdist`` for its own files.

    ``None`` where there is nothing to say: wheels and conda packages have metadata.
    """
    if node.metadata is not None:
        return node.metadata.origin
    return None if node.plan is None else "sdist"


def metadata_in_words(node: Node) -> str:
    """How the metadata is known, and what a build has shown to be wrong; empty where there is nothing to say."""
    origin = metadata_origin(node)
    if origin is None:
        return ""
    place, refuted = (node.metadata.place, node.metadata.refuted) if node.metadata else ("", ())
    words = _WORDS[origin].format(place=place)
    wrong = " and ".join(_REFUTED[each] for each in refuted if each in _REFUTED)
    return f"{words}; {wrong} turned out to be wrong" if wrong else words
