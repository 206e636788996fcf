"""Local paths in URLs, and URLs without secrets."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@|(?<=/t/)[^/\s]+")


def file_path(url: str) -> Path | None:
    """The path that a ``file:`` URL names, ``None`` for every other URL and for a path."""
    return Path(unquote(urlsplit(url).path)) if url[:5].lower() == "file:" else None


def local_path(place: str, root: Path | None = None) -> Path:
    """The path that a ``file:`` URL names; anything else is taken for a path already, relative to ``root``."""
    return (root or Path()) / (file_path(place) or place)


def redacted(text: str) -> str:
    """``text`` with passwords and tokens in URLs replaced by stars."""
    return _CREDENTIALS.sub(lambda match: "***@" if match.group().endswith("@") else "***", text)
