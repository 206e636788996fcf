"""Conda packages that are built from a source with a recipe, and why others cannot be had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.files import exists, is_directory, is_file
from interlock.core.recipes import RECIPES, find_recipe
from interlock.core.toml import read_tables, value_at
from interlock.manifest import codes
from interlock.manifest.urls import absolute
from interlock_hooks.types.conda import CondaSource

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.manifest.table import Table
    from interlock_hooks.types.findings import Finding

_READS_RECIPES = "pixi-build-rattler-build"
_PYTHON_PROJECTS = ("pyproject.toml", "setup.py")
_ELSEWHERE = "use a channel that has a built package, or list it in pypi-dependencies"


def read_source(table: Table, name: str, key: str, value: str) -> CondaSource | Finding:
    """The source of a package at a path, or why it cannot be built (IL114)."""
    if key != "path":
        why = "Interlock builds conda packages from directories of this machine only"
        return _refused(table, name, key, why, _ELSEWHERE)
    place = absolute(value, table.root)
    folder = place if is_directory(place) else place.parent
    recipe = find_recipe(place) if folder == place else place.name if place.name in RECIPES else None
    backend = _backend(folder) if folder == place else None
    if recipe is None or backend not in (None, _READS_RECIPES):
        return _refused(table, name, key, _why_not(place, backend), _instead(name, value, folder))
    return CondaSource(url=folder.as_uri(), recipe=recipe)


def _refused(table: Table, name: str, key: str, why: str, fix: str) -> Finding:
    what = f"{name!r} is a conda source package that Interlock cannot build"
    return table.refusal(codes.UNSUPPORTED, what, key, why=why, fix=fix)


def _why_not(place: Path, backend: str | None) -> str:
    if backend is not None and backend != _READS_RECIPES:
        return f"its build backend is {backend}, and Interlock builds only what has a {RECIPES[0]} (rattler-build)"
    if not exists(place):
        return f"there is nothing at {place}"
    if is_file(place):
        return f"Interlock builds conda packages from a {RECIPES[0]} (rattler-build), not from a {place.name}"
    return f"it has no {RECIPES[0]} (rattler-build), from which Interlock could build it"


def _instead(name: str, value: str, folder: Path) -> str:
    """What to write in place of a source package, by what its directory has."""
    if any(is_file(folder / each) for each in _PYTHON_PROJECTS):
        return f'list it in pypi-dependencies: {name} = {{ path = "{value}", editable = true }}'
    return f"add a {RECIPES[0]} to it, {_ELSEWHERE}"


def _backend(folder: Path) -> str | None:
    """The build backend that the package in a directory names, as pixi finds it."""
    package = read_tables(folder / "pixi.toml").get("package")
    if package is None:
        package = value_at(read_tables(folder / "pyproject.toml"), ("tool", "pixi", "package"))
    backend = value_at(package, ("build", "backend"))
    name = backend.get("name") if isinstance(backend, dict) else backend
    return name if isinstance(name, str) else None
