"""``.python-version``, which `uv init` and `uv python pin` write: the Python of a project, within requires-python."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from interlock.core.files import is_file
from interlock.core.labels import label
from interlock.manifest import codes
from interlock.manifest.document import read_text
from interlock_hooks.types.findings import Location

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from interlock.manifest.dialects.project import Project
    from interlock.manifest.report import Report

_NAMES = (".python-version", ".python-versions")
# cpython@3.12, cpython-3.12.4-linux-x86_64-gnu, cp312; what follows a release names a platform, a build or a variant.
_REQUEST = re.compile(
    r"(?:(?P<what>cpython|python|cp)[@-]?)?(?P<version>\d[\w.]*?)(?P<kind>t|d|td)?(?P<more>[+-].*)?", re.IGNORECASE
)
_SHORT = re.compile(r"(3)(\d{1,2})")
_FREE = "freethreaded"


@dataclass(frozen=True, slots=True)
class PinnedPython:
    """The Python that a file asks for, as ``specifiers`` (PEP 440), and all ``files`` that could."""

    files: tuple[Path, ...] = ()
    specifiers: str | None = None
    where: Location | None = None

    def within(self, project: Project) -> Project:
        """The project with this Python, which its requires-python has to admit."""
        if self.specifiers is None:
            return project
        stated = [project.requires_python] if project.requires_python else []
        both = ",".join((*stated, self.specifiers))
        return replace(project, requires_python=both, requires_python_where=self.where)


def read_pin(folder: Path, root: Path, report: Report) -> PinnedPython:
    """The pin of the project in ``folder``: in the nearest directory that has one, up to the ``root`` of its workspace.

    As for uv, the first line counts that is one, and comments and names of programs do not. A warning tells what cannot
    be asked of conda.
    """
    places = [each for each in (folder, *folder.parents) if each.is_relative_to(root)]
    files = tuple(place / name for place in places for name in _NAMES)
    for file, number, line in _lines(files):
        where = Location(file=label(file), line=number)
        found = _specifiers(line)
        if found:
            return PinnedPython(files, found, where)
        report.warning(
            codes.MISPLACED,
            f"{line!r} in {label(file)} has no effect",
            where,
            why="it is not a version of CPython that can be asked of conda",
            fix="write a version, such as 3.12",
        )
    return PinnedPython(files)


def _lines(files: Iterable[Path]) -> Iterator[tuple[Path, int, str]]:
    """The lines of the first file that is there."""
    for file in filter(is_file, files):
        for number, line in enumerate(read_text(file).splitlines(), start=1):
            if line.strip() and not line.strip().startswith("#"):
                yield file, number, line.strip()
        return


def _specifiers(text: str) -> str | None:
    """What a request says of the version; ``None`` for one that says something else."""
    found = _REQUEST.fullmatch(text)
    if found is None:
        return _range(text)
    if "t" in (found["kind"] or "").lower() or _FREE in (found["more"] or ""):
        return None
    try:
        version = Version(_SHORT.sub(r"\1.\2", found["version"], count=1) if "." not in text else found["version"])
    except InvalidVersion:
        return None
    exact = len(version.release) > 2 or version.is_prerelease
    return f"=={version}" if exact else f"=={version}.*"


def _range(text: str) -> str | None:
    try:
        return str(SpecifierSet(text))
    except InvalidSpecifier:
        return None
