"""The metadata of a source tree, read without running anything, as far as it is provable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tomli
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from interlock.builds.sources.build_system import BuildSystem, read_build_system
from interlock.builds.sources.static.declared import names_of_extras, requires_dist
from interlock.builds.sources.static.facts import Fact, Known, NotProvable, StaticMetadata, nothing_known
from interlock.builds.sources.static.flit import BACKENDS as FLIT
from interlock.builds.sources.static.flit import read_flit_project
from interlock.builds.sources.static.poetry import is_poetry_project, read_poetry_project
from interlock.builds.sources.static.project_table import ProjectTable
from interlock.builds.sources.static.setup_py.following import follow_script
from interlock.builds.sources.static.setuptools_project import is_setuptools, read_setuptools_project
from interlock.core.toml import parse_toml
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.builds.sources.static.setup_py.following import Follow


def read_static(tree: Path, *, follow: Follow = follow_script) -> StaticMetadata:
    """What the source in ``tree`` proves of its metadata; nothing of it is run.

    A field is provable if the build backend must come to the same answer in every environment, given the same
    interpreter and platform: requirements that differ between those have markers (PEP 508). Whatever is in doubt is not
    provable, with the reason. ``follow`` shows a setup.py.
    """
    try:
        system = read_build_system(tree)
        tables = _tables(tree)
    except (InterlockError, tomli.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        return nothing_known(f"pyproject.toml cannot be read: {error}")
    return _valid(_read(tree, system, tables, follow))


def _tables(tree: Path) -> dict[str, Any]:
    file = tree / "pyproject.toml"
    return parse_toml(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _read(tree: Path, system: BuildSystem, tables: dict[str, Any], follow: Follow) -> StaticMetadata:
    if is_setuptools(system):
        return read_setuptools_project(tree, system, tables, follow)
    if is_poetry_project(system, tables):
        return read_poetry_project(tree, system, tables)
    project = ProjectTable.of(tables)
    if isinstance(project, NotProvable):
        return nothing_known(project.reason)
    if project is not None:
        return _standard(project, system)
    if system.backend in FLIT:
        return read_flit_project(tree, tables)
    return nothing_known(f"only the build backend {system.backend} knows it")


def _standard(project: ProjectTable, system: BuildSystem) -> StaticMetadata:
    """What ``[project]`` says, which no backend may change (PEP 621)."""

    def dynamic(field: str) -> NotProvable | None:
        reason = f"{field} in [project] is dynamic, and only {system.backend} knows it"
        return NotProvable(reason) if field in project.dynamic else None

    nowhere = "pyproject.toml [project]"
    install = project.install or dynamic("dependencies") or Known((), nowhere)
    extras = project.extras or dynamic("optional-dependencies") or Known({}, nowhere)
    return StaticMetadata(
        name=project.name,
        version=project.version or dynamic("version") or NotProvable("[project] has no version"),
        requires_python=project.requires_python or dynamic("requires-python") or Known(None, nowhere),
        requires_dist=requires_dist(install, extras),
        extras=names_of_extras(extras),
    )


def _valid(found: StaticMetadata) -> StaticMetadata:
    """What was found, less a version or a limit for Python that means nothing."""
    return StaticMetadata(
        name=found.name,
        version=_version(found.version),
        requires_python=_limit(found.requires_python),
        requires_dist=found.requires_dist,
        extras=found.extras,
    )


def _version(fact: Fact[str]) -> Fact[str]:
    if isinstance(fact, NotProvable):
        return fact
    try:
        return Known(str(Version(fact.value)), fact.source)
    except InvalidVersion:
        return NotProvable(f"{fact.value!r} is not a version")


def _limit(fact: Fact[str | None]) -> Fact[str | None]:
    if isinstance(fact, NotProvable) or fact.value is None:
        return fact
    try:
        return Known(str(SpecifierSet(fact.value)), fact.source)
    except InvalidSpecifier:
        return NotProvable(f"{fact.value!r} is not a range of versions of Python")
