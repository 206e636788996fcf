"""``[tool.flit.metadata]``, flit's own way of declaring metadata before PEP 621."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from interlock.builds.sources.static.attributes import read_attribute
from interlock.builds.sources.static.declared import Extras, names_of_extras, requires_dist
from interlock.builds.sources.static.facts import Fact, Known, StaticMetadata, nothing_known
from interlock.builds.sources.static.requirement_texts import NotARequirementError, read_requirements
from interlock.builds.sources.static.setup_py.files import SourceFiles

if TYPE_CHECKING:
    from pathlib import Path

BACKENDS = ("flit_core.buildapi", "flit.buildapi")
_SOURCE = "pyproject.toml [tool.flit.metadata]"


def read_flit_project(tree: Path, tables: dict[str, Any]) -> StaticMetadata:
    """What flit would write as the metadata of a project that has its own table."""
    match tables:
        case {"tool": {"flit": {"metadata": {"module": str(module)} as table}}}:
            pass
        case _:
            return nothing_known("[tool.flit.metadata] names no module")
    try:
        install = Known(_texts(table.get("requires", [])), _SOURCE)
        extras: Fact[Extras] = Known(_optional(table), _SOURCE)
        limit = table.get("requires-python") or None
    except (NotARequirementError, AttributeError) as error:
        return nothing_known(f"[tool.flit.metadata]: {error}")
    return StaticMetadata(
        name=Known(str(table.get("dist-name", module)), _SOURCE),
        version=read_attribute(SourceFiles(tree), f"{module}.__version__"),
        requires_python=Known(None if limit is None else str(limit), _SOURCE),
        requires_dist=requires_dist(install, extras),
        extras=names_of_extras(extras),
    )


def _optional(table: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    found = {key: _texts(value) for key, value in table.get("requires-extra", {}).items()}
    if "dev-requires" in table:
        if "dev" in found:
            raise NotARequirementError("dev-requires and the extra dev are both there")
        found["dev"] = _texts(table["dev-requires"])
    return found


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise NotARequirementError(f"{value!r} is not a list")
    return read_requirements(value)
