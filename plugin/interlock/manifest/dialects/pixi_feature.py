"""The tables of a pixi feature; the top level of the manifest is the feature ``default``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from interlock.core.platforms import SUBDIRS
from interlock.manifest import codes
from interlock.manifest.agreement import SETTINGS
from interlock.manifest.conda_specs import read_specs
from interlock.manifest.dialects.channels import read_channels
from interlock.manifest.dialects.pypi_dependencies import read_pypi_dependencies
from interlock.manifest.dialects.pypi_options import read_pypi_options
from interlock.manifest.dialects.system import read_system_requirements
from interlock.manifest.model import DEFAULT, EVERYWHERE, Feature, Layer
from interlock.manifest.options import merged
from interlock.manifest.report import nearest
from interlock.manifest.selectors import FAMILIES
from interlock_hooks.types.pypi import Index, PyPIOptions

if TYPE_CHECKING:
    from interlock.manifest.table import Table
    from interlock_hooks.types.findings import Location

# pixi installs build and host dependencies as well; where a package is in several tables, the last of these counts.
_DEPENDENCY_TABLES = ("dependencies", "host-dependencies", "build-dependencies")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layered:
    layer: Layer
    indexes: tuple[Index, ...] = ()


def read_default_feature(table: Table, workspace: Table | None, platforms: Collection[str]) -> Feature:
    """Read the top level of the manifest; the caller closes it, and the ``workspace`` table."""
    feature = _content(table, DEFAULT, platforms)
    if workspace is None:
        return feature
    places = {**feature.places, "channel-priority": workspace.where("channel-priority")}
    return replace(feature, places=places, **_solving(workspace))


def read_feature(table: Table, name: str, platforms: Collection[str]) -> Feature:
    """Read a named feature; ``platforms`` are the names that the workspace declares."""
    feature = replace(
        _content(table, name, platforms),
        channels=read_channels(table),
        platforms=_platforms(table, platforms),
        **_solving(table),
    )
    table.close()
    return feature


def _content(table: Table, name: str, platforms: Collection[str]) -> Feature:
    layers = {EVERYWHERE: _layer(table)}
    for selector, target in table.children("target"):
        if _known_selector(target, selector, platforms):
            layers[selector] = _layer(target)
            target.ignore("tasks", "build-variants")
            target.close()
    options = read_pypi_options(table.table("pypi-options"))
    indexes = tuple(index for layered in layers.values() for index in layered.indexes)
    table.ignore("tasks")
    return Feature(
        name=name,
        system_requirements=read_system_requirements(table.table("system-requirements")),
        pypi=merged(options.pypi, PyPIOptions(indexes=indexes)),
        no_isolation=options.no_isolation,
        overrides=options.overrides,
        layers={selector: layered.layer for selector, layered in layers.items()},
        places=_places(table),
        where=table.where(),
    )


def _places(table: Table) -> dict[str, Location]:
    return {key: table.where(*setting.path) for key, setting in SETTINGS.items()}


def _solving(table: Table) -> dict[str, Any]:
    """How conda solves; what the workspace table says of it counts for the default feature, as in pixi."""
    return {
        "channel_priority": table.choice("channel-priority", ("strict", "flexible", "disabled")),
        "solve_strategy": table.choice("solve-strategy", ("highest", "lowest", "lowest-direct")),
    }


def _layer(table: Table) -> _Layered:
    dependencies = read_pypi_dependencies(table.table("pypi-dependencies"))
    specs = {name: spec for key in _DEPENDENCY_TABLES for name, spec in read_specs(table.table(key)).items()}
    activation = table.table("activation")
    scripts, variables = (activation.strings("scripts"), activation.variables("env")) if activation else ((), ())
    if activation:
        activation.close()
    table.ignore("dev")
    layer = Layer(
        specs=specs,
        constraints=read_specs(table.table("constraints")),
        requirements=dependencies.requirements,
        scripts=scripts,
        variables=variables,
    )
    return _Layered(layer=layer, indexes=dependencies.indexes)


def _known_selector(target: Table, selector: str, platforms: Collection[str]) -> bool:
    known = (*platforms, *FAMILIES, *SUBDIRS)
    if selector in known:
        return True
    guess = nearest(selector, known)
    target.error(
        codes.UNKNOWN_PLATFORM,
        f"target {selector!r} is neither a platform nor one of {', '.join(FAMILIES)}",
        fix=f"did you mean {guess!r}?" if guess else "",
    )
    return False


def _platforms(table: Table, platforms: Collection[str]) -> tuple[str, ...] | None:
    if "platforms" not in table:
        table.ignore("platforms")
        return None
    found = []
    known = (*platforms, *SUBDIRS)
    for index, name in table.numbered_strings("platforms"):
        if name in known:
            found.append(name)
            continue
        guess = nearest(name, known)
        fix = f"did you mean {guess!r}?" if guess else ""
        table.error(codes.UNKNOWN_PLATFORM, f"{name!r} is not a platform of the workspace", "platforms", index, fix=fix)
    return tuple(found)
