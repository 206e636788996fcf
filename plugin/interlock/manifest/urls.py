"""Local paths and git addresses of a manifest as the absolute URLs that everything after the manifest works with."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from interlock.core.urls import local_path, without_dots

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_SCP = re.compile(r"(?P<login>[\w.-]+@)?(?P<host>[\w.-]+):(?P<path>[^/].*)\Z")

_noted: ContextVar[set[Path]] = ContextVar("noted", default=set())  # noqa: B039 - what no reader asked for


def is_url(text: str) -> bool:
    """Whether a text is a URL and not a path."""
    return bool(_SCHEME.match(text)) or text.startswith("file:")


@contextmanager
def noting_places() -> Iterator[set[Path]]:
    """The paths outside of the project that are read within the block and were written relative to it.

    They keep their place beside the project when that is copied, unlike those that are written in full.
    """
    token = _noted.set(set())
    try:
        yield _noted.get()
    finally:
        _noted.reset(token)


def note_place(path: Path, root: Path) -> None:
    """Note a path that is written relative to the project's directory ``root``."""
    if not path.is_relative_to(root):
        _noted.get().add(path)


def absolute(path: str | Path, root: Path) -> Path:
    """A path of the manifest, made absolute without resolving symbolic links."""
    # Unlike Path.expanduser it leaves the home of somebody unknown as it is.
    written = os.path.expanduser(path)  # noqa: PTH111
    found = Path(os.path.normpath(root / written))
    if not os.path.isabs(written):  # noqa: PTH117
        note_place(found, root)
    return found


def channel_url(channel: str, root: Path) -> str:
    """A channel's name or URL; a path (absolute or beginning with ``.`` or ``~``) becomes a ``file:`` URL."""
    is_path = channel.startswith((".", "~")) or Path(channel).is_absolute()
    return index_url(channel, root).rstrip("/") if is_path or is_url(channel) else channel.rstrip("/")


def location(text: str, root: Path) -> str:
    """A find-links location: a URL, or an absolute path."""
    if text.startswith("file:"):
        return str(absolute(local_path(text), root))
    return without_dots(text) if is_url(text) else str(absolute(text, root))


def index_url(text: str, root: Path) -> str:
    """A package index's URL; a path becomes a ``file:`` URL."""
    if is_url(text) and not text.startswith("file:"):
        return without_dots(text)
    return absolute(local_path(text), root).as_uri()


def git_url(address: str, root: Path) -> str:
    """A git address as the ``git+…`` URL of a direct reference (PEP 508); accepts scp-like addresses and paths."""
    address = address.removeprefix("git+")
    if is_url(address):
        return f"git+{without_dots(address)}"
    scp = _SCP.match(address)
    if scp and not Path(address).is_absolute():
        return f"git+ssh://{scp['login'] or ''}{scp['host']}/{scp['path']}"
    return f"git+{absolute(address, root).as_uri()}"
