"""Whether a manifest has a place for what is to be added, and what to write where it has none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.core.platforms import SUBDIRS
from interlock.core.toml import value_at
from interlock.manifest.editing.dialects import PROJECT_LIST, PYPI_TABLE, Dialect, pixi_table
from interlock.manifest.editing.findings import no_place
from interlock.manifest.editing.requirement_lists import platform_marker
from interlock.manifest.model import DEFAULT
from interlock.manifest.selectors import FAMILIES, matches
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from interlock.manifest.document import Document
    from interlock.manifest.editing.dependency import Dependency, Place
    from interlock.manifest.editing.manifest_text import ManifestText
    from interlock_hooks.types import Finding


def check_place(dialect: Dialect, document: Document, dependency: Dependency, place: Place) -> None:
    """Raise :class:`InterlockError` (IL132) if a manifest cannot say what a dependency says."""
    for finding in _problems(dialect, document, dependency, place):
        raise InterlockError(finding)


def check_markers(before: ManifestText, after: ManifestText, dependency: Dependency, place: Place) -> None:
    """Raise :class:`InterlockError` (IL132) if a table of pixi's lists a dependency with another marker.

    Such a table has one entry for each package. ``after`` is ``before`` with what is added beside the dependency.
    """
    path = (*pixi_table(after.dialect.prefix, place), PYPI_TABLE)
    table = value_at(after.data, path) if after.dialect.has_pixi and dependency.marker else None
    for name, value in table.items() if isinstance(table, Mapping) else ():
        marker = value.get("env-markers") if isinstance(value, Mapping) else None
        if canonicalize_name(name) == canonicalize_name(dependency.name) and marker != dependency.marker:
            shown = f"{dependency.marker!r} and {marker!r}" if marker else f"{dependency.marker!r} and without a marker"
            raise InterlockError(
                no_place(
                    f"{before.path.name} cannot list {name!r} with {shown}",
                    before.document.where((*path, name)),
                    "a table of pixi's has one entry for each package, with one marker",
                    "use --platform instead of markers, or edit the entry by hand",
                )
            )


def listed_twice(manifest: ManifestText, dependency: Dependency) -> Finding:
    """IL132: nobody can tell which entry is meant, or there is no list."""
    name = canonicalize_name(dependency.name)
    there = [manifest.where(entry) for entry in manifest.entries if canonicalize_name(entry.name) == name]
    lines = ", ".join(f"{where.file}:{where.line}" for where in there)
    return no_place(
        f"{manifest.path.name} lists {dependency.name!r} several times, or in a form that cannot be edited",
        there[0] if there else manifest.document.where(()),
        f"which entry is meant is not clear: {lines}" if lines else "there is no list to add to",
        f'edit it by hand: "{dependency.name}{dependency.version}"',
    )


def _problems(dialect: Dialect, document: Document, dependency: Dependency, place: Place) -> Iterator[Finding]:
    name = document.path.name
    if dialect is Dialect.LINES:
        what = f"{name} cannot be edited"
        why = "a list of exact packages is made by other tools"
        yield no_place(what, document.where(()), why, "write a pixi.toml or an environment.yml")
    elif dialect is Dialect.CONDA:
        yield from _of_conda(document, dependency, place)
    elif dialect is Dialect.PROJECT:
        yield from _of_project(document, dependency, place)
    elif place.platform is not None:
        yield from _of_platform(dialect, document, place.platform)
    dynamic = document.data.get("project", {}).get("dynamic", ()) if dialect is not Dialect.PIXI else ()
    if dialect is Dialect.PROJECT and place.feature == DEFAULT and "dependencies" in dynamic:
        what = f"the build backend says what {name} depends on"
        why = "'dependencies' is among the keys of [project] dynamic"
        yield no_place(what, document.where(("project", "dynamic")), why, "add it where the backend reads it")


def _of_conda(document: Document, dependency: Dependency, place: Place) -> Iterator[Finding]:
    name, where = document.path.name, document.where(("dependencies",))
    if place.feature != DEFAULT or place.platform is not None:
        said = "features" if place.feature != DEFAULT else "dependencies of single platforms"
        yield no_place(f"{name} has no {said}", where, "an environment.yml is one list", "use a pixi.toml for that")
    if isinstance(dependency.source.get("path"), str) and document.data.get("dependencies") is None:
        yield no_place(f"{name} has no list of dependencies", where, "there is nothing to add to", "write one")


def _of_project(document: Document, dependency: Dependency, place: Place) -> Iterator[Finding]:
    if dependency.ecosystem == "conda":
        yield no_place(
            f"{document.path.name} has no place for the conda package {dependency.name!r}",
            document.where(("project",)),
            "conda packages are listed in pixi's tables, and there is no [tool.pixi]",
            "write [tool.pixi.workspace] with channels and platforms, or use --pypi",
        )
    elif place.feature == DEFAULT and not isinstance(document.data.get("project"), Mapping):
        yield no_place(
            f"{document.path.name} has no [project] table",
            document.where(()),
            "its dependencies are those of a project or a group",
            "name a group (`--feature dev`), or write [project] with name and version",
        )
    if place.platform is not None and platform_marker(place.platform) is None:
        known = ", ".join([*FAMILIES, *list(SUBDIRS)[:5]])
        what = f"no marker says {place.platform!r}"
        yield no_place(what, document.where(PROJECT_LIST), "it is not a platform", f"use one of {known}")


def _of_platform(dialect: Dialect, document: Document, platform: str) -> Iterator[Finding]:
    path = (*dialect.prefix, "workspace", "platforms")
    table = value_at(document.data, path) or ()
    declared = [each.get("name") or each.get("platform") if isinstance(each, Mapping) else each for each in table]
    names = [str(name) for name in declared]
    if platform in names or any(matches(platform, name, name) for name in names):
        return
    shown = ", ".join(f'"{name}"' for name in [*names, platform])
    yield no_place(
        f"the workspace does not support the platform {platform!r}",
        document.where(path),
        f"its platforms are {', '.join(names) or 'not listed'}",
        f"platforms = [{shown}]" if platform in SUBDIRS else f"use one of {', '.join([*names, *FAMILIES])}",
    )
