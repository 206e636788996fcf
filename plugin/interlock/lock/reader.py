"""Reading ``interlock.lock``."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import tomli

from interlock.core.toml import parse_toml
from interlock.lock.codec import MalformedError
from interlock.lock.document import from_document
from interlock.lock.findings import conflicted, malformed, other_version, unusable
from interlock.lock.model import LOCK_VERSION, Lock
from interlock.lock.portable import Portable
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from pathlib import Path


def read(path: Path, *, root: Path | None = None) -> Lock | None:
    """The lock in a file, ``None`` if there is no such file.

    ``root`` is the project's directory, by default that of the file. Raises :class:`InterlockError`: IL601 for another
    format version, IL602 for a damaged lock, IL603 for unresolved merge conflicts, IL604 for a file that is unreadable.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise InterlockError(malformed(path, "it is not UTF-8 text", line=None, key=None)) from error
    except OSError as error:
        raise InterlockError(unusable(path, "read", error)) from error
    return parse(text, path=path, root=path.parent if root is None else root)


@lru_cache(maxsize=1)  # a command reads the same text again to see that nobody else wrote another one
def parse(text: str, *, path: Path, root: Path) -> Lock:
    """The lock in a text that was found at ``path``. Raises :class:`InterlockError` like :func:`read`."""
    document = _document(text, path)
    version = document.get("version")
    if type(version) is not int:
        raise InterlockError(malformed(path, "it has no format version", line=None, key="version"))
    if version != LOCK_VERSION:
        raise InterlockError(other_version(path, version, LOCK_VERSION))
    try:
        return from_document(document, Portable(root))
    except MalformedError as error:
        line = _line_of(text, error.path)
        raise InterlockError(malformed(path, error.message, line=line, key=_dotted(error.path))) from error


def _document(text: str, path: Path) -> dict[str, Any]:
    try:
        return parse_toml(text)
    except tomli.TOMLDecodeError as error:
        lines = text.splitlines()
        marks = [number for number, line in enumerate(lines, 1) if line.startswith(("<<<<<<< ", ">>>>>>> "))]
        if marks:
            raise InterlockError(conflicted(path, marks[0])) from error
        raise InterlockError(malformed(path, error.msg, line=error.lineno, key=None)) from error


def _dotted(path: tuple[str | int, ...]) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(parts).removeprefix(".")


def _line_of(text: str, path: tuple[str | int, ...]) -> int | None:
    """The line where the block of a path starts; TOML readers do not keep the lines of values."""
    lines = text.splitlines()
    for end in range(len(path), 0, -1):
        last = path[end - 1]
        is_item = isinstance(last, int)
        names = [part for part in path[:end] if isinstance(part, str)]
        if len(names) != end - is_item:
            continue  # inside an item of an array of tables, whose own headings do not tell the items apart
        count = last if isinstance(last, int) else 0
        headings = {f"[{'.'.join(names)}]", f"[[{'.'.join(names)}]]"}
        found = [number for number, line in enumerate(lines, 1) if line.strip() in headings]
        if len(found) > count:
            return found[count]
    return None
