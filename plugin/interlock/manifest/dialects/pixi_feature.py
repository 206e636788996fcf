"""The tables of a pixi feature; the top level of the manifest is the feature ``default``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from interlock.core.platforms import SUBDIRS
from interlock.manifest import codes
from interlock.manifest.channels import read_channel
from interlock.manifest.conda_specs import read_specs
from interlock.manifest.dialects.exclude_newer import read_own_limit
from interlock.manifest.dialects.pypi_dependencies import read_pypi_dependencies
from interlock.manifest.dialects.pypi_options import read_pypi_options
from interlock.manifest.dialects.system import read_system_requirements
from interlock.manifest.model import EVERYWHERE, Channel, Feature, Layer
from interlock.manifest.options import merged
from interlock.manifest.report import nearest
from interlock.manifest.selectors import FAMILIES
from interlock_hooks.types.pypi import Index, PyPIOptions

if TYPE_CHECKING:
    from interlock.manifest.table import Table
    from interlock_hooks.types.conda import ChannelPriority, SolveStrategy

# pixi installs build and host dependencies into the environment too; where a package is in several, run wins.
_DEPENDENCY_TABLES = ("build-dependencies", "host-dependencies", "dependencies")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layered:
    layer: Layer
    indexes: tuple[Index, ...] = ()


def read_feature(table: Table, name: str, platforms: Collection[str], *, root: bool = False) -> Feature:
    """Read a feature; ``platforms`` are the names that the workspace declares. The caller closes the ``root`` table."""
    layers = {EVERYWHERE: _layer(table)}
    for selector, target in table.children("target"):
        if _known_selector(target, selector, platforms):
            layers[selector] = _layer(target)
            target.ignore("tasks", "build-variants")
            target.close()
    options = read_pypi_options(table.table("pypi-options"))
    indexes = tuple(index for layered in layers.values() for index in layered.indexes)
    feature = Feature(
        name=name,
        channels=None if root else read_channels(table),
        channel_priority=None if root else read_channel_priority(table),
        solve_strategy=None if root else read_solve_strategy(table),
        platforms=None if root else _platforms(table, platforms),
        system_requirements=read_system_requirements(table.table("system-requirements")),
        pypi=merged(options.pypi, PyPIOptions(indexes=indexes)),
        no_isolation=options.no_isolation,
        overrides=options.overrides,
        layers={selector: layered.layer for selector, layered in layers.items()},
        where=table.where(),
    )
    table.ignore("tasks")
    if not root:
        table.close()
    return feature


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


def read_channels(table: Table) -> tuple[Channel, ...] | None:
    """The ``channels`` of a workspace or feature; ``None`` if there is no such key."""
    if "channels" not in table:
        table.ignore("channels")
        return None
    found = []
    for index, value in table.elements("channels", "an array of channels"):
        if isinstance(value, dict):
            entry = table.at(value, "channels", index)
            name = entry.required("channel")
            priority = entry.raw("priority")
            if priority is not None and (isinstance(priority, bool) or not isinstance(priority, int)):
                entry.wrong_type("an integer", priority, "priority")
                priority = 0
            limit = read_own_limit(entry)
            entry.close()
            if name and (channel := read_channel(entry, name, "channel")):
                found.append(Channel(channel=channel, priority=priority or 0, exclude_newer=limit))
        elif isinstance(value, str) and value.strip():
            if channel := read_channel(table, value, "channels", index):
                found.append(Channel(channel=channel))
        else:
            table.wrong_type("an array of channel names, URLs or tables", value, "channels", index)
    return tuple(found)


def read_channel_priority(table: Table) -> ChannelPriority | None:
    """The ``channel-priority`` of a workspace or feature."""
    return cast("ChannelPriority | None", table.choice("channel-priority", ("strict", "disabled")))


def read_solve_strategy(table: Table) -> SolveStrategy | None:
    """The ``solve-strategy`` of a workspace or feature."""
    return cast("SolveStrategy | None", table.choice("solve-strategy", ("highest", "lowest", "lowest-direct")))


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
