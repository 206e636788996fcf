"""The tables of a pixi feature; the top level of the manifest is the feature ``default``."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from interlock.core.platforms import SUBDIRS
from interlock.manifest import codes
from interlock.manifest.agreement import SETTINGS
from interlock.manifest.dialects.channels import read_channels
from interlock.manifest.dialects.pixi_layer import read_layer
from interlock.manifest.dialects.pypi_options import read_pypi_options
from interlock.manifest.dialects.system import read_system_requirements
from interlock.manifest.model import DEFAULT, EVERYWHERE, Feature
from interlock.manifest.options import merged
from interlock.manifest.report import nearest
from interlock.manifest.selectors import FAMILIES, matches
from interlock_hooks.types.requirements import PyPIOptions

if TYPE_CHECKING:
    from interlock.manifest.dialects.pixi_context import Context
    from interlock.manifest.table import Table
    from interlock_hooks.types.findings import Location

# The form of the names of platforms, with `*` for any part.
_SELECTOR = re.compile(r"[A-Za-z*](?:[A-Za-z0-9*-]*[A-Za-z0-9*])?")
# What an environment can contain by itself; the rest of what features have cannot stand there.
_NOT_INLINE = ("host-dependencies", "build-dependencies", "system-requirements")
_INLINE = (
    *("dependencies", "pypi-dependencies", "constraints", "dev", "target", "activation", "tasks", "pypi-options"),
    *("channels", "channel-priority", "solve-strategy", "platforms", *_NOT_INLINE),
)


def read_default_feature(table: Table, workspace: Table | None, context: Context) -> Feature:
    """Read the top level of the manifest; the caller closes it, and the ``workspace`` table."""
    feature = replace(_content(table, DEFAULT, context), label="the top level")
    if workspace is None:
        return feature
    places = {**feature.places, "channel-priority": workspace.where("channel-priority")}
    return replace(feature, places=places, **_solving(workspace))


def read_feature(table: Table, name: str, context: Context) -> Feature:
    """Read a named feature."""
    feature = _named(table, name, context)
    table.close()
    return feature


def read_inline_feature(table: Table, name: str, context: Context) -> Feature | None:
    """Read what an environment contains beside features, ``None`` if that is nothing; the caller closes the table."""
    if not any(key in table for key in _INLINE):
        table.ignore(*_INLINE)
        return None
    for key in _NOT_INLINE:
        if key in table:
            what = f"{key!r} cannot stand in an environment"
            table.error(codes.MISPLACED, what, key, fix="write it in a feature, and list that in 'features'")
    return replace(_named(table, name, context), label=f"environment {name!r} itself")


def _named(table: Table, name: str, context: Context) -> Feature:
    return replace(
        _content(table, name, context),
        channels=read_channels(table),
        platforms=_platforms(table, context),
        **_solving(table),
    )


def _content(table: Table, name: str, context: Context) -> Feature:
    layers = {EVERYWHERE: read_layer(table, context)}
    for selector, target in table.children("target"):
        if _known_selector(target, selector, context.platforms):
            layers[selector] = read_layer(target, context)
            target.ignore("tasks", "build-variants")
            target.close()
    if context.rich and table.data.get("system-requirements"):
        what = "'system-requirements' cannot stand beside platforms that say themselves what they promise"
        fix = "write the virtual packages into the tables of 'platforms'"
        table.error(codes.CONFLICT, what, "system-requirements", fix=fix)
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


def _known_selector(target: Table, selector: str, platforms: Collection[str]) -> bool:
    """Whether a selector can name a platform. One that names none of the workspace has no effect, which is told."""
    known = (*platforms, *FAMILIES, *SUBDIRS)
    if selector in known or any(matches(selector, name, name) for name in platforms):
        return True
    guess = nearest(selector, known)
    fix = f"did you mean {guess!r}?" if guess else ""
    if not _SELECTOR.fullmatch(selector):
        what = f"target {selector!r} is neither a platform nor one of {', '.join(FAMILIES)}"
        target.error(codes.UNKNOWN_PLATFORM, what, fix=fix)
        return False
    target.warning(codes.UNKNOWN_PLATFORM, f"target {selector!r} matches no platform of the workspace", fix=fix)
    return True


def _platforms(table: Table, context: Context) -> tuple[str, ...] | None:
    if not table.expect("platforms"):
        return None
    found = []
    # A subdir that the workspace does not list is added to it, unless its platforms are more than subdirs.
    known = context.platforms if context.rich else (*context.platforms, *SUBDIRS)
    for index, name in table.numbered_strings("platforms"):
        if name in known:
            found.append(name)
            continue
        guess = nearest(name, known)
        fix = f"did you mean {guess!r}?" if guess else ""
        table.error(codes.UNKNOWN_PLATFORM, f"{name!r} is not a platform of the workspace", "platforms", index, fix=fix)
    return tuple(found)
