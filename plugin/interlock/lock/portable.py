"""Machine-independent text: paths inside the project become relative, and secrets are left out."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from interlock.core.urls import without_credentials

_MARK = re.compile(r"(file://)?(\$+)\{ROOT\}")


class Portable:
    """Translates between text as this machine uses it and text as the lock holds it.

    ``root`` is the directory of the manifest. URLs of files below it become ``./…``; where it occurs inside other text
    it becomes ``${ROOT}`` (a ``${ROOT}`` that is already there gains one more ``$``). Both are undone when reading.
    """

    def __init__(self, root: Path) -> None:
        absolute = root.absolute()
        spellings = list(dict.fromkeys((absolute, root.resolve())))
        # Below the root directory of the file system everything would count as part of the project.
        known = [path for path in spellings if path != Path(path.anchor)]
        self._path = str(absolute)
        self._uri = absolute.as_uri()
        self._prefixes = [prefix for path in known for prefix in (path.as_uri(), str(path))]
        self._inside = [
            pattern for path in known for pattern in (_occurrence(path.as_uri(), r"\w"), _occurrence(str(path), r"\w/"))
        ]

    def pack_url(self, url: str) -> str:
        """The URL (or absolute path) as the lock holds it."""
        public = without_credentials(url)
        for prefix in self._prefixes:
            if public == prefix or public.startswith(f"{prefix}/"):
                rest = public[len(prefix) :]
                return "." + (rest if prefix.startswith("file:") else quote(rest))
        return self.pack(public)

    def unpack_url(self, url: str) -> str:
        """The URL as this machine uses it."""
        if url == "." or url.startswith("./"):
            return self._uri + url[1:]
        return self.unpack(url)

    def pack(self, text: str) -> str:
        """Any other text as the lock holds it."""
        packed = _MARK.sub(lambda found: f"{found[1] or ''}{found[2]}${{ROOT}}", without_credentials(text))
        for pattern in self._inside:
            packed = pattern.sub(lambda found: f"{found['scheme'] or ''}${{ROOT}}", packed)
        return packed

    def unpack(self, text: str) -> str:
        """Any other text as this machine uses it."""
        return _MARK.sub(self._expand, text)

    def _expand(self, found: re.Match[str]) -> str:
        scheme, dollars = found[1] or "", found[2]
        if len(dollars) > 1:
            return f"{scheme}{dollars[1:]}{{ROOT}}"
        return self._uri if scheme else self._path


def _occurrence(place: str, before: str) -> re.Pattern[str]:
    scheme, path = ("file://", place[len("file://") :]) if place.startswith("file://") else ("", place)
    # A compiler flag may stand directly before a path (-I/path); any other name before it makes it another path.
    start = rf"(?:(?<![{before}.~%$-])|(?<=-[IL]))"
    return re.compile(rf"{start}(?P<scheme>{re.escape(scheme)}){re.escape(path)}(?![\w.~%-])")
