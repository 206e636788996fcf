"""Dependencies in lines of pip's: a requirements file, or an entry of an ``environment.yml`` that is several lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from interlock.manifest.dialects.pip_lines import named_files, requirements_document
from interlock.manifest.dialects.pip_requirements import PipLine, name_of_line
from interlock.manifest.document import read_text
from interlock.manifest.editing.dialects import pip_entry
from interlock.manifest.editing.requirement_lists import changed_requirement, element_for, marker_of
from interlock.manifest.text_document import LINES, lines_of

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.manifest.document import Document
    from interlock.manifest.editing.dependency import Dependency
    from interlock.manifest.editing.dialects import Entry

# What is said of one artifact or place, and not of another one.
_OF_ONE = re.compile(r"\s*(?:--hash[=\s]|-e\s+|--editable[=\s])\S+")


@dataclass(frozen=True)
class PipFile:
    """A requirements file that an ``environment.yml`` in the directory ``root`` names."""

    path: Path
    text: str
    root: Path

    @cached_property
    def document(self) -> Document:
        """Its lines, and where each is."""
        return requirements_document(self.path, self.text, self.root)

    @property
    def lines(self) -> Sequence[str]:
        """Its lines, as pip reads them."""
        return tuple(self.document.data[LINES])

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The dependencies that it lists."""
        lines = enumerate(self.lines)
        found = (pip_entry(line, self.root, (LINES, index), self.path) for index, line in lines)
        return tuple(filter(None, found))

    def with_dependency(self, dependency: Dependency) -> PipFile:
        """With a dependency, or the line of its name changed. Raises :class:`LookupError` if several could be meant."""
        index, new, is_new = changed_lines(self.lines, dependency, self.root)
        return self.with_line(index, new, is_new=is_new)

    def with_line(self, index: int, new: str, *, is_new: bool = False) -> PipFile:
        """With another text in place of a line, or with ``is_new`` before it."""
        return replace(self, text=with_line(self.text, index, new, is_new=is_new))

    def without(self, index: int) -> PipFile:
        """Without a line."""
        return replace(self, text=with_line(self.text, index, None))


def with_line(text: str, index: int, new: str | None, *, is_new: bool = False) -> str:
    """Lines with another text in place of one, or with ``is_new`` before it; ``None``: without it."""
    rows, lines = text.split("\n"), lines_of(text, joined=True)
    if index < len(lines):
        if new == lines[index].text:
            return text
        begun, end = lines[index].first - 1, min(lines[index].last, len(rows))
    else:
        begun = end = min(lines[-1].last, len(rows)) if lines else 0
    end = begun if is_new else end
    indent = rows[begun][: -len(rows[begun].lstrip())] if end > begun else ""
    after = "\r" if rows[end - 1].endswith("\r") else ""
    return "\n".join([*rows[:begun], *([] if new is None else [f"{indent}{new}{after}"]), *rows[end:]])


def changed_lines(lines: Sequence[str], dependency: Dependency, root: Path) -> tuple[int, str, bool]:
    """The line that is about a dependency with what is new, or the place of a new one; and whether it is new.

    Raises :class:`LookupError` if several lines could be meant.
    """
    names = [name_of_line(line, root) or "" for line in lines]
    index, is_new = element_for(dependency, names, [_marker_of(line) for line in lines])
    return index, pip_text(dependency) if is_new else _changed_line(lines[index], dependency), is_new


def pip_text(dependency: Dependency) -> str:
    """A requirement with its source, as pip reads it."""
    source = dict(dependency.source)
    if not source:
        return dependency.requirement
    inside = f"#subdirectory={source['subdirectory']}" if "subdirectory" in source else ""
    if "git" in source:
        reference = next((f"@{source[key]}" for key in ("rev", "branch", "tag") if key in source), "")
        url = f"git+{source['git']}{reference}{inside}"
    elif "path" in source:
        url = f"{source['path']}"
        return f"-e {url}" if source.get("editable") else url
    else:
        url = f"{source['url']}{inside}"
    extras = f"[{','.join(dependency.extras)}]" if dependency.extras else ""
    return f"{dependency.name}{extras} @ {url}"


def _changed_line(text: str, dependency: Dependency) -> str:
    """A line of pip's with what is new; one that is not a requirement alone is written anew."""
    line = PipLine.of(text)
    try:
        new = pip_text(dependency) if dependency.source else changed_requirement(line.requirement, dependency)
    except ValueError:
        return f"{pip_text(dependency)}{line.comment}"
    options = _OF_ONE.sub("", line.options) if dependency.version or dependency.source else line.options
    return f"{new}{options}{line.comment}"


def _marker_of(line: str) -> str | None:
    """The marker of a line of pip's. An option such as a hash is no part of it."""
    try:
        return marker_of(PipLine.of(line).requirement)
    except ValueError:
        return None


def named_by(lines: Iterable[str], folder: Path, root: Path) -> list[PipFile]:
    """The requirements files that lines of a file in ``folder`` name, and those that these name in turn."""
    found: dict[Path, PipFile] = {}

    def follow(lines: Iterable[str], folder: Path) -> None:
        for path in (path for line in lines for path in named_files(line, folder)):
            if path not in found:
                found[path] = PipFile(path, read_text(path), root)
                follow(found[path].lines, path.parent)

    follow(lines, folder)
    return list(found.values())
