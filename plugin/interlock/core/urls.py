"""Local paths in URLs, and URLs without secrets."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@|(?<=/t/)[^/\s]+")


def local_path(url: str) -> Path:
    """The path that a ``file:`` URL names; anything else is taken for a path already."""
    return Path(unquote(urlsplit(url).path)) if url.startswith("file:") else Path(url)


def redacted(text: str) -> str:
    """``text`` with passwords and tokens in URLs replaced by stars."""
    return _CREDENTIALS.sub(lambda match: "***@" if match.group().endswith("@") else "***", text)
