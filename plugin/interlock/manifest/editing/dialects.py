"""Which words a manifest is written in, and which of its entries are dependencies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from interlock.core.pep508 import NAME
from interlock.core.toml import value_at
from interlock.manifest.dialects.pip_lines import lines_of_entry
from interlock.manifest.dialects.pip_requirements import name_of_line
from interlock.manifest.discovery import PYPROJECT, is_environment_yml
from interlock.manifest.editing.dependency import Ecosystem, Place
from interlock.manifest.model import DEFAULT

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.manifest.positions import Key

# Of these the last one that has a package counts, so that is where it is found first.
CONDA_TABLES = ("build-dependencies", "host-dependencies", "dependencies")
PYPI_TABLE = "pypi-dependencies"
PROJECT_LIST = ("project", "dependencies")
# Where groups and extras are; of one name in both, the group counts.
NAMED_LISTS = (("dependency-groups",), ("project", "optional-dependencies"))
_NAME = re.compile(rf"\s*(?:[^\s:]+::)?(?P<name>{NAME}|[a-z0-9_][a-z0-9_.-]*)")


class Dialect(Enum):
    """The words: pixi's in a file of its own or in a pyproject.toml, the standard's and uv's, or conda's."""

    PIXI = "pixi.toml"
    PYPROJECT = "pyproject.toml with [tool.pixi]"
    PROJECT = "pyproject.toml"
    CONDA = "environment.yml"
    LINES = "a file of lines"

    @property
    def prefix(self) -> Key:
        """Where pixi's tables are."""
        return ("tool", "pixi") if self is Dialect.PYPROJECT else ()

    @property
    def has_pixi(self) -> bool:
        """Whether there are tables of pixi's."""
        return self in (Dialect.PIXI, Dialect.PYPROJECT)

    @property
    def has_conda(self) -> bool:
        """Whether conda packages can be listed."""
        return self.has_pixi or self is Dialect.CONDA


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A dependency that a manifest has, by its name in the normal form of its ecosystem, and where.

    ``text`` is what an element of a list says, ``None`` for a key of a table. ``file`` is the requirements file that
    lists it, ``None`` for the manifest itself.
    """

    ecosystem: Ecosystem
    name: str
    place: Place
    path: Key
    text: str | None = None
    file: Path | None = None


def dialect_of(path: Path, data: Mapping[str, Any]) -> Dialect:
    """The dialect of a manifest with that name and content."""
    if is_environment_yml(path):
        return Dialect.CONDA
    if path.suffix == ".txt":
        return Dialect.LINES
    if path.name != PYPROJECT:
        return Dialect.PIXI
    tool = data.get("tool")
    return Dialect.PYPROJECT if isinstance(tool, dict) and "pixi" in tool else Dialect.PROJECT


def entries(dialect: Dialect, data: Mapping[str, Any], root: Path) -> tuple[Entry, ...]:
    """All dependencies of a manifest that was read without an error, and from whose directory its paths start."""
    if dialect is Dialect.CONDA:
        return tuple(_of_conda(data, root))
    found = list(_of_pixi(dialect.prefix, data)) if dialect.has_pixi else []
    return (*found, *_of_project(data)) if dialect is not Dialect.PIXI else tuple(found)


def normal(ecosystem: Ecosystem, name: str) -> str:
    """A name in the form in which it is compared."""
    return canonicalize_name(name) if ecosystem == "pypi" else name.lower()


def name_in(text: str) -> str:
    """The name in a requirement or a match spec."""
    found = _NAME.match(text)
    return found["name"] if found else text


def pixi_table(prefix: Key, place: Place) -> Key:
    """The table of a feature, or of its target."""
    feature = () if place.feature == DEFAULT else ("feature", place.feature)
    target = () if place.platform is None else ("target", place.platform)
    return (*prefix, *feature, *target)


def _of_pixi(prefix: Key, data: Mapping[str, Any]) -> Iterator[Entry]:
    top = _inner(data, *prefix)
    features = [(DEFAULT, top), *_tables(top, "feature")]
    for feature, table in features:
        for platform, layer in [(None, table), *_tables(table, "target")]:
            place = Place(feature=feature, platform=platform)
            path = pixi_table(prefix, place)
            for key in CONDA_TABLES:
                for name in _inner(layer, key):
                    yield Entry(ecosystem="conda", name=name.lower(), place=place, path=(*path, key, name))
            for name in _inner(layer, PYPI_TABLE):
                normal_name = canonicalize_name(name)
                yield Entry(ecosystem="pypi", name=normal_name, place=place, path=(*path, PYPI_TABLE, name))


def _of_project(data: Mapping[str, Any]) -> Iterator[Entry]:
    lists = [(DEFAULT, PROJECT_LIST, _inner(data, "project").get("dependencies"))]
    for table in reversed(NAMED_LISTS):
        lists += [(name, (*table, name), items) for name, items in _inner(data, *table).items()]
    for feature, path, items in lists:
        for index, text in enumerate(items if isinstance(items, list) else ()):
            if isinstance(text, str):
                name = canonicalize_name(name_in(text))
                yield Entry(ecosystem="pypi", name=name, place=Place(feature=feature), path=(*path, index), text=text)


def pip_lines(data: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
    """The lines of the ``pip`` section of an ``environment.yml``, with their places."""
    for index, item in enumerate(data.get("dependencies") or ()):
        for number, entry in enumerate(_inner({"item": item}, "item").get("pip") or ()):
            if isinstance(entry, str):
                yield from lines_of_entry(("dependencies", index, "pip", number), entry)


def pip_entry(line: str, root: Path, path: Key, file: Path | None = None) -> Entry | None:
    """The dependency that a line of pip's lists, ``None`` for another one."""
    name = name_of_line(line, root)
    if name is None:
        return None
    return Entry(ecosystem="pypi", name=canonicalize_name(name), place=Place(), path=path, text=line, file=file)


def _of_conda(data: Mapping[str, Any], root: Path) -> Iterator[Entry]:
    for index, item in enumerate(data.get("dependencies") or ()):
        if isinstance(item, str):
            path = ("dependencies", index)
            yield Entry(ecosystem="conda", name=name_in(item).lower(), place=Place(), path=path, text=item)
    yield from filter(None, (pip_entry(line, root, path) for path, line in pip_lines(data)))


def _inner(data: Mapping[str, Any], *path: str | int) -> Mapping[str, Any]:
    found = value_at(data, path)
    return found if isinstance(found, Mapping) else {}


def _tables(table: Mapping[str, Any], key: str) -> list[tuple[str, Mapping[str, Any]]]:
    return [(name, _inner(table, key, name)) for name in _inner(table, key)]
