"""Local paths in URLs."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit


def local_path(url: str) -> Path:
    """The path that a ``file:`` URL names; anything else is taken for a path already."""
    return Path(unquote(urlsplit(url).path)) if url.startswith("file:") else Path(url)
