"""Adding dependencies to a manifest and removing them, in the words that it is written in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from interlock.core.files import is_file
from interlock.manifest.dialects.uv_tables import SETTINGS
from interlock.manifest.editing.build_modes import no_isolation_key, with_mode, with_own_mode, without_modes
from interlock.manifest.editing.conda_yml import CondaYml
from interlock.manifest.editing.dialects import PROJECT_LIST, PYPI_TABLE, Dialect, Entry, pixi_table
from interlock.manifest.editing.pixi_tables import add_to_pixi
from interlock.manifest.editing.places import check_markers, check_place, listed_twice
from interlock.manifest.editing.requirement_lists import add_to_list, list_of, on_platform
from interlock.manifest.editing.toml_file import TomlFile
from interlock.manifest.editing.uv_sources import with_source, without_sources
from interlock.manifest.model import DEFAULT
from interlock_hooks.types import BuildMode, InterlockError

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.manifest.editing.dependency import Dependency, Place
    from interlock.manifest.editing.manifest_text import ManifestText
    from interlock.manifest.positions import Key


def add(manifest: ManifestText, dependencies: Iterable[Dependency], place: Place) -> ManifestText:
    """The manifest with dependencies at a place; an entry of the same name there is changed.

    Raises :class:`InterlockError` (IL132) where the manifest has no place for one.
    """
    before = manifest
    for dependency in dependencies:
        check_markers(before, manifest, dependency, place)
        check_place(manifest.dialect, manifest.document, dependency, place)
        try:
            added = _added(manifest, dependency, place)
        except LookupError:
            raise InterlockError(listed_twice(manifest, dependency)) from None
        manifest = _with_mode(added, dependency)
    return manifest


def remove(manifest: ManifestText, gone: Iterable[Entry]) -> ManifestText:
    """The manifest without some of its entries, and without the sources and modes of packages that it lists no more."""
    gone = list(gone)
    # From the end on, so that the places of other elements of a list stay.
    for entry in sorted(gone, key=lambda entry: _order(entry.path), reverse=True):
        manifest = _removed(manifest, entry)
    listed = [entry for entry in manifest.entries if entry.ecosystem == "pypi"]
    names = {entry.name for entry in listed}
    file, key = TomlFile(manifest.modes.text), isolation_key(manifest)
    for name in dict.fromkeys(entry.name for entry in gone if entry.ecosystem == "pypi"):
        file = file if manifest.dialect is Dialect.CONDA else without_sources(file, name, listed)
        file = file if name in names else without_modes(file, key, name)
    return manifest.with_modes(file.text)


def isolation_key(manifest: ManifestText) -> Key:
    """Where the manifest lists the packages that are built without isolation."""
    dialect = manifest.dialect
    return no_isolation_key(dialect.prefix if dialect.has_pixi else None)


def _added(manifest: ManifestText, dependency: Dependency, place: Place) -> ManifestText:
    if manifest.dialect is Dialect.CONDA:
        return _added_to_conda(manifest, dependency)
    file = TomlFile(manifest.text)
    path = _list_for(manifest, file, dependency, place)
    if path is None:
        file = add_to_pixi(file, manifest.dialect.prefix, place, dependency)
    else:
        # Whether a platform can be said was checked.
        limited = on_platform(dependency, place.platform) if place.platform else dependency
        file = with_source(manifest, path, dependency) if dependency.source else file
        file = add_to_list(file, path, limited or dependency)
    return replace(manifest, text=file.text)


def _added_to_conda(manifest: ManifestText, dependency: Dependency) -> ManifestText:
    """The manifest with a dependency in its own list, or in a requirements file."""
    file = _file_for(manifest, canonicalize_name(dependency.name)) if dependency.ecosystem == "pypi" else None
    if file:
        return manifest.with_list(manifest.list_at(file).with_dependency(dependency))
    yml = CondaYml(manifest.text, manifest.document.root)
    return replace(manifest, text=yml.with_dependency(dependency).text)


def _file_for(manifest: ManifestText, name: str) -> Path | None:
    """The requirements file that lists a package, or that is the only list of packages for pip, so that it stays that.

    ``None`` for the manifest itself. Raises :class:`LookupError` if several list it.
    """
    pypi = [entry for entry in manifest.entries if entry.ecosystem == "pypi"]
    listing = {entry.file for entry in pypi if entry.name == name}
    if len(listing) > 1:
        raise LookupError(name)
    if listing:
        return listing.pop()
    is_only = len(manifest.lists) == 1 and all(entry.file for entry in pypi)
    return manifest.lists[0].path if is_only else None


def _with_mode(manifest: ManifestText, dependency: Dependency) -> ManifestText:
    if dependency.mode is None:
        return manifest
    file, name = TomlFile(manifest.modes.text), canonicalize_name(dependency.name)
    # Beside a uv.toml uv's table counts for nothing, and it would make a manifest of a pyproject.toml that is none.
    masked = not manifest.dialect.has_pixi and is_file(manifest.path.with_name(SETTINGS))
    if dependency.mode is BuildMode.NO_ISOLATION and (masked or manifest.dialect is Dialect.CONDA):
        return manifest.with_modes(with_own_mode(file, name, dependency.mode).text)
    return manifest.with_modes(with_mode(file, isolation_key(manifest), name, dependency.mode).text)


def _list_for(manifest: ManifestText, file: TomlFile, dependency: Dependency, place: Place) -> Key | None:
    """The list of requirements for a dependency, ``None`` if it goes into pixi's tables."""
    dialect = manifest.dialect
    if dialect is Dialect.PIXI or dependency.ecosystem == "conda":
        return None
    listed = list_of(file, place.feature)
    if dialect is Dialect.PROJECT:
        return listed
    name = canonicalize_name(dependency.name)
    there = [
        entry.path for entry in manifest.entries if (entry.ecosystem, entry.name, entry.place) == ("pypi", name, place)
    ]
    if there:
        return None if there[0][:2] == dialect.prefix else there[0][:-1]
    # Sources are pixi's matter where there are tables of pixi's, and lists have no platforms.
    if dependency.source or place.platform or file.get((*pixi_table(dialect.prefix, place), PYPI_TABLE)):
        return None
    if place.feature == DEFAULT:
        dynamic: Any = file.get(("project", "dynamic")) or ()
        return PROJECT_LIST if file.get(("project",)) and "dependencies" not in dynamic else None
    return listed if file.get(listed) is not None else None


def _removed(manifest: ManifestText, entry: Entry) -> ManifestText:
    path = entry.path
    if entry.file:
        return manifest.with_list(manifest.list_at(entry.file).without(int(path[-1])))
    if manifest.dialect is Dialect.CONDA:
        text = CondaYml(manifest.text, manifest.document.root).without(path).text
    elif isinstance(path[-1], int):
        text = TomlFile(manifest.text).without_element(path[:-1], path[-1]).text
    else:
        text = TomlFile(manifest.text).without(path).without_empty(path[:-1]).text
    return replace(manifest, text=text)


def _order(path: Key) -> list[tuple[str, int]]:
    return [("", part) if isinstance(part, int) else (part, 0) for part in path]
