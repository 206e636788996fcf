"""A TOML file: its data, and the place of every key in it."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

import tomli

from interlock.core.labels import label
from interlock.core.toml import parse_toml
from interlock.manifest import codes
from interlock.manifest.characters import places_of_nul
from interlock.manifest.positions import Key, key_lines
from interlock.manifest.report import Report, failure
from interlock_hooks.types.findings import Location

if TYPE_CHECKING:
    from pathlib import Path

_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Document:
    """A parsed TOML file. ``path`` is absolute; messages show the file's name relative to the current directory."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        # tomli counts a CRLF as one line end too; only so do offsets and lines agree.
        self.text = text.replace("\r\n", "\n")
        self.label = label(path)
        self.data: dict[str, Any] = self._parsed()
        self._check_characters()

    @classmethod
    def read(cls, path: Path) -> Document:
        """Read and parse a file; raises :class:`InterlockError` (IL101, IL102, IL103) if that is impossible."""
        path = path.absolute()
        return cls(path, read_text(path))

    def _parsed(self) -> dict[str, Any]:
        try:
            return parse_toml(self.text)
        except tomli.TOMLDecodeError as error:
            where = Location(file=self.label, line=error.lineno)
            raise failure(
                codes.MALFORMED,
                f"{self.path.name} is not valid TOML: {error.msg} (column {error.colno})",
                where,
                why="it does not follow TOML 1.1",
                fix=f"correct line {error.lineno}",
            ) from None

    def _check_characters(self) -> None:
        report = Report()
        for path in places_of_nul(self.text, self.data):
            what = "a name, path or address cannot have a NUL character"
            report.error(codes.WRONG_VALUE, what, self.where(path), fix="remove it")
        report.raise_errors()

    @property
    def root(self) -> Path:
        """The directory that relative paths start from."""
        return self.path.parent

    @cached_property
    def lines(self) -> dict[Key, int]:
        """The line of each key path."""
        return key_lines(self.text)

    def where(self, path: Key) -> Location:
        """The place of a key; a key that is not there has the place of the nearest table around it."""
        present = path
        while present and present not in self.lines:
            present = present[:-1]
        return Location(file=self.label, line=self.lines.get(present), key=dotted(path) or None)


def dotted(path: Key) -> str:
    """A key path as TOML writes it, with indices of array elements in brackets."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            shown = part if _BARE.match(part) else '"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"'
            text += f".{shown}" if text else shown
    return text


def read_text(path: Path) -> str:
    """The text of a manifest file; raises :class:`InterlockError` (IL101, IL102) if there is none."""
    where, fix = Location(file=label(path)), "name a readable manifest"
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        what, why, code = f"{label(path)} does not exist", "", codes.NOT_FOUND
    except IsADirectoryError:
        what, why, code = f"{label(path)} is a directory", "a manifest is a file", codes.UNREADABLE
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        where = Location(file=label(path), line=line)
        what, why, code = f"{label(path)} is not UTF-8 text", "manifests are UTF-8", codes.UNREADABLE
        fix = f"save {label(path)} as UTF-8"
        if error.object.startswith(_UTF_16):
            why = "it is UTF-16, as `>` writes files in Windows PowerShell, and manifests are UTF-8"
    except OSError as error:
        what, why, code = f"{label(path)} cannot be read", error.strerror or str(error), codes.UNREADABLE
    raise failure(code, what, where, why=why, fix=fix)
