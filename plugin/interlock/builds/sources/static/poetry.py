"""``[tool.poetry]``, poetry's own way of declaring metadata, read by the library that poetry's build backend is."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from interlock.builds.sources.static.declared import names_of_extras
from interlock.builds.sources.static.facts import Fact, Known, NotProvable, StaticMetadata, nothing_known
from interlock.builds.sources.static.requirement_texts import NotARequirementError, read_requirements

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.builds.sources.build_system import BuildSystem

_DYNAMIC = "poetry-dynamic-versioning"
BACKENDS = ("poetry.core.masonry.api", "poetry.masonry.api", "poetry_dynamic_versioning.backend")
_SOURCE = "pyproject.toml [tool.poetry]"


def is_poetry_project(system: BuildSystem, tables: dict[str, Any]) -> bool:
    """Whether poetry's backend takes metadata from its own table; ``[project]`` may hold some of it as well."""
    match tables:
        case {"tool": {"poetry": dict()}}:
            return system.backend in BACKENDS and not system.backend_path
    return False


def read_poetry_project(tree: Path, system: BuildSystem, tables: dict[str, Any]) -> StaticMetadata:
    """What poetry would write as the metadata of a project that has its own table."""
    if "project" in tables and any(map(_is_before_project, map(Requirement, system.requires))):
        return nothing_known("it is built with a release of poetry-core that does not read [project]")
    # Imported here: few projects are read like this.
    from poetry.core.factory import Factory
    from poetry.core.masonry.metadata import Metadata

    # It warns of what the project's author should do otherwise.
    logging.getLogger("poetry").addHandler(logging.NullHandler())
    try:
        package = Factory().create_poetry(tree, with_groups=False).package
        package.readmes = ()
        found = Metadata.from_package(package)
        requirements = Known(tuple(text for each in found.requires_dist for text in read_requirements([each])), _SOURCE)
    except NotARequirementError as error:
        return nothing_known(f"[tool.poetry]: {error}")
    except Exception as error:  # noqa: BLE001 - it raises what it comes across in a table that is not valid
        return nothing_known(f"poetry cannot read [tool.poetry]: {(str(error).splitlines() or [''])[0]}")
    version: Fact[str] = Known(found.version, _SOURCE)
    if any(canonicalize_name(Requirement(text).name) == _DYNAMIC for text in system.requires):
        version = NotProvable(f"{_DYNAMIC} takes the version from version control")
    return StaticMetadata(
        name=Known(str(found.name), _SOURCE),
        version=version,
        requires_python=Known(found.requires_python, _SOURCE),
        requires_dist=requirements,
        extras=names_of_extras(Known({str(extra): () for extra in found.provides_extra}, _SOURCE)),
    )


def _is_before_project(requirement: Requirement) -> bool:
    """Whether a build requirement admits only releases of poetry-core before 2, the first one to read [project]."""
    if canonicalize_name(requirement.name) not in ("poetry", "poetry-core"):
        return False
    releases = [f"{major}.{minor}" for major in range(2, 9) for minor in range(9)]
    return not any(requirement.specifier.filter(releases))
