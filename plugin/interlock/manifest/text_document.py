"""A file of lines: conda's spec files and pip's requirements files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from interlock.manifest.document import Document
from interlock_hooks.types.findings import Location

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.manifest.positions import Key

LINES = "lines"
EXPLICIT = "@EXPLICIT"


def is_explicit(text: str) -> bool:
    """Whether a spec file names the URL of every package (CEP 23)."""
    return any(line.strip() == EXPLICIT for line in text.splitlines())


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not empty, without the blanks around it, and the first and the last line of the file it takes."""

    text: str
    first: int
    last: int


def lines_of(text: str, *, joined: bool = False) -> list[Line]:
    """The lines of a text. One that ends with a backslash goes on in the next one, if ``joined``."""
    found: list[Line] = []
    begun, started = "", 0
    # The empty line at the end completes one that should go on.
    numbered = enumerate([*text.split("\n"), ""], start=1)
    for number, line in ((number, line.removesuffix("\r")) for number, line in numbered):
        started = started if begun else number
        if joined and line.endswith("\\") and not line.lstrip().startswith("#"):
            begun += line[:-1]
            continue
        if complete := (begun + line).strip():
            found.append(Line(complete, started, number))
        begun = ""
    return found


class TextDocument(Document):
    """A file of lines; ``data`` has them as the list ``lines``, without those that are empty.

    A line that ends with a backslash goes on in the next one, if ``joined``. Relative paths start from ``root``.
    """

    def __init__(self, path: Path, text: str, *, root: Path | None = None, joined: bool = False) -> None:
        self._root = root or path.parent
        self._joined = joined
        super().__init__(path, text)

    @property
    def root(self) -> Path:
        """The directory that relative paths start from."""
        return self._root

    def where(self, path: Key) -> Location:
        """The place of a line; lines have no keys."""
        return Location(file=self.label, line=self.lines.get(path[:2]))

    def _parsed(self) -> dict[str, Any]:
        found = lines_of(self.text, joined=self._joined)
        self.lines = {(LINES, index): line.first for index, line in enumerate(found)}
        return {LINES: [line.text for line in found]}
