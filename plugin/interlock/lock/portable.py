"""Machine-independent text: paths inside the project become relative, and secrets are left out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from interlock.core.urls import without_credentials

_RELATIVE = re.compile(r"(?P<up>\.\.(?:/\.\.)*|\.)(?P<rest>(?:/.*)?)", re.DOTALL)
_MARK = re.compile(r"(?P<scheme>file://)?(?P<dollars>\$+)\{ROOT(?P<up>(?:/\.\.)*)\}")


class Portable:
    """Translates between text as this machine uses it and text as the lock holds it.

    ``root`` is the directory of the manifest. URLs of files below it become ``./…``; where it occurs inside other text
    it becomes ``${ROOT}`` (a ``${ROOT}`` that is already there gains one more ``$``). ``beside`` are places outside of
    it that keep their place relative to it: ``../lib``, and ``${ROOT/..}/lib`` in text. All of this is undone when
    reading, which needs no ``beside``.
    """

    def __init__(self, root: Path, beside: Iterable[Path] = ()) -> None:
        self._root = root.absolute()
        # The longest first: the project can lie in a directory that is named as well.
        others = sorted(beside, key=lambda place: -len(place.parts))
        self._places = [_Place(path, ".") for path in _spellings(self._root)]
        self._places += [
            _Place(path, os.path.relpath(place, self._root)) for place in others for path in _spellings(place)
        ]

    def pack_url(self, url: str) -> str:
        """The URL (or absolute path) as the lock holds it."""
        public = without_credentials(url)
        for place in self._places:
            for prefix in (place.uri, place.path):
                if public == prefix or public.startswith(f"{prefix}/"):
                    rest = public[len(prefix) :]
                    return quote(place.relative) + (rest if prefix == place.uri else quote(rest))
        return self.pack(public)

    def unpack_url(self, url: str) -> str:
        """The URL as this machine uses it."""
        found = _RELATIVE.fullmatch(url)
        if found is None:
            return self.unpack(url)
        return _ancestor(self._root, found["up"]).as_uri().removesuffix("/") + found["rest"]

    def pack(self, text: str) -> str:
        """Any other text as the lock holds it."""
        packed = _MARK.sub(r"\g<scheme>$\g<dollars>{ROOT\g<up>}", without_credentials(text))
        for place in self._places:
            packed = place.replaced_in(packed)
        return packed

    def unpack(self, text: str) -> str:
        """Any other text as this machine uses it."""
        return _MARK.sub(self._expand, text)

    def _expand(self, found: re.Match[str]) -> str:
        scheme, dollars, up = found["scheme"] or "", found["dollars"], found["up"]
        if len(dollars) > 1:
            return f"{scheme}{dollars[1:]}{{ROOT{up}}}"
        place = _ancestor(self._root, up)
        return (place.as_uri() if scheme else str(place)).removesuffix("/")


class _Place:
    """A path in one spelling, and where it is from the project: ``.``, or ``../lib``."""

    def __init__(self, path: Path, relative: str) -> None:
        self.relative = relative
        self.path = str(path)
        self.uri = path.as_uri()
        up = relative.split("/").count("..")
        below = relative.removeprefix("." if relative == "." else "/".join([".."] * up))
        self._mark = f"${{ROOT{'/..' * up}}}{below}"
        self._patterns = (_occurrence(self.uri, r"\w"), _occurrence(self.path, r"\w/"))

    def replaced_in(self, text: str) -> str:
        """The text with the mark of the place wherever it occurs."""
        by_uri, by_path = self._patterns
        text = by_uri.sub(lambda found: found["scheme"] + quote(self._mark, safe="/${}"), text)
        return by_path.sub(lambda _: self._mark, text)


def _spellings(path: Path) -> list[Path]:
    """A path as it is written, and with links resolved; nothing for the root of the file system: all is below it."""
    return [each for each in dict.fromkeys((path, path.resolve())) if each != Path(each.anchor)]


def _ancestor(path: Path, up: str) -> Path:
    """The directory that is as many steps above ``path`` as ``up`` has pairs of dots, at most the root."""
    return (path, *path.parents)[min(up.count(".."), len(path.parents))]


def _occurrence(place: str, before: str) -> re.Pattern[str]:
    scheme, path = ("file://", place[len("file://") :]) if place.startswith("file://") else ("", place)
    # A compiler flag may stand directly before a path (-I/path); any other name before it makes it another path.
    start = rf"(?:(?<![{before}.~%$-])|(?<=-[IL]))"
    return re.compile(rf"{start}(?P<scheme>{re.escape(scheme)}){re.escape(path)}(?![\w.~%-])")
