"""The places of this machine that a request names: paths of its own, and those that the projects in them name.

A lock says where packages are built from, and whoever can change a lock should not be able to choose that. What a
project that the manifest names requires by path belongs to it as well, and so do the members of its workspace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from interlock.core.files import text_in
from interlock.core.shapes import texts_in
from interlock.core.toml import read_tables
from interlock.core.urls import file_path, split_url
from interlock.manifest.dialects.uv_workspace import workspace_members

if TYPE_CHECKING:
    from interlock_hooks.types import EnvironmentRequest

_URL = re.compile(r"file:[^\s'\"]+", re.IGNORECASE)
_SCRIPTS = ("setup.py", "setup.cfg")
# How a project calls its own directory in a requirement: uv and PDM, and Hatch.
_OWN_PATH, _OWN_URL = "${PROJECT_ROOT}", "{root:uri}"


def texts_of(request: EnvironmentRequest) -> Iterator[str]:
    """All that a request requires, for the environment and for builds, as text."""
    yield from (each.text for each in request.requirements)
    yield from (*request.constraints, *request.overrides, *request.build.constraints)
    yield from (text for each in request.scoped_overrides for text in each.requirements)
    yield from (each.requirement for options in request.build.packages for each in options.requirements)


def places_in(texts: Iterable[str]) -> Iterator[Path]:
    """The paths that ``file:`` URLs in texts name, and in them the directories that a fragment does."""
    for url in (found for text in texts for found in _URL.findall(text)):
        path = file_path(url)
        if path is not None:
            fields = dict(field.partition("=")[::2] for field in split_url(url).fragment.split("&"))
            yield path / unquote(fields.get("subdirectory", ""))


def places_with_theirs(places: Iterable[Path]) -> set[Path]:
    """Places with all that the projects in them name, and these in turn; links are followed."""
    left, found = list(places), set[Path]()
    while left:
        place = left.pop().resolve()
        if place not in found:
            found.add(place)
            left += _named_in(place)
    return found


def computes_places(folder: Path) -> bool:
    """Whether the project in a folder may make addresses of local requirements that are not written anywhere."""
    if any(_URL.search(text) or "as_uri" in text for text in _scripts(folder)):
        return True
    tables = read_tables(folder / "pyproject.toml")
    backend = str(tables.get("build-system", {}).get("build-backend", ""))
    # That of setuptools is in the scripts, and Poetry's in its tables.
    if backend.startswith(("setuptools", "poetry")) or not backend:
        return False
    return "project" not in tables or "dependencies" in texts_in(tables["project"].get("dynamic"))


def _named_in(folder: Path) -> Iterator[Path]:
    for key, text in _texts("", read_tables(folder / "pyproject.toml")):
        # uv, PDM and Poetry all call it so.
        if key == "path":
            yield folder / text
        yield from places_in([text.replace(_OWN_PATH, str(folder)).replace(_OWN_URL, folder.as_uri())])
    yield from places_in(_scripts(folder))
    yield from workspace_members(folder)


def _texts(key: str, value: Any) -> Iterator[tuple[str, str]]:
    """All texts in tables and lists, each with the key that leads to it."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(name, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(key, inner)


def _scripts(folder: Path) -> Iterator[str]:
    yield from (text_in(folder / name) for name in _SCRIPTS)
