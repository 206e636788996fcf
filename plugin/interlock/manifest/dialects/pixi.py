"""pixi's dialect: the whole of ``pixi.toml``, or ``[tool.pixi]`` of ``pyproject.toml``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from interlock.core.channels import DEFAULT_CHANNEL
from interlock.core.toml import value_at
from interlock.manifest import codes
from interlock.manifest.dialects.name_map import NameMap, check_mapped_channels
from interlock.manifest.dialects.pixi_context import PIXI_BUILD, Context, read_context
from interlock.manifest.dialects.pixi_environments import read_environments
from interlock.manifest.dialects.pixi_feature import read_default_feature, read_feature
from interlock.manifest.dialects.pixi_shared import read_shared, with_limits
from interlock.manifest.dialects.system import read_platforms
from interlock.manifest.model import (
    DEFAULT,
    Channel,
    EnvironmentDeclaration,
    Feature,
    Platform,
    Shared,
    contents,
)

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.manifest.table import Table

# Keys of the workspace table that describe or build it and do not shape its environments.
_DESCRIPTIONS = (
    "description",
    "authors",
    "license",
    "license-file",
    "readme",
    "homepage",
    "repository",
    "documentation",
    "requires-pixi",
    "s3-options",
    "audit",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PixiManifest:
    """What pixi's tables say. ``platforms`` of ``None``: not given; ``shared.channels`` of ``()``: not given."""

    name: str | None = None
    version: str | None = None
    platforms: tuple[Platform, ...] | None = None
    features: Mapping[str, Feature] = field(default_factory=dict)
    environments: Mapping[str, EnvironmentDeclaration] = field(default_factory=dict)
    shared: Shared = field(default_factory=Shared)
    name_map: NameMap = field(default_factory=NameMap)

    @property
    def files(self) -> tuple[Path, ...]:
        """The manifests of the packages that are worked on, and the files of variants."""
        found = contents(self.features, self.environments)
        layers = (layer for feature in found for layer in feature.layers.values())
        packages = (package.manifest for layer in layers for package in layer.dev.values() if package.manifest)
        return (*self.shared.variants.paths, *packages)


def read_pixi(table: Table, extra_features: Iterable[str] = ()) -> PixiManifest:
    """Read pixi's tables; ``extra_features`` are names of extras and groups, which environments can refer to."""
    workspace = _workspace_table(table)
    platforms = read_platforms(workspace) if workspace else None
    shared, name_map = read_shared(workspace) if workspace else (Shared(), NameMap())
    name, version = (workspace.string("name"), workspace.string("version")) if workspace else (None, None)
    context = read_context(workspace, platforms or ())
    features = {DEFAULT: read_default_feature(table, workspace, context)}
    if workspace:
        workspace.ignore(*_DESCRIPTIONS)
        workspace.close()
    for feature, inner in table.children("feature"):
        if feature == DEFAULT:
            inner.error(codes.CONFLICT, "the feature 'default' is the top level of the manifest", fix="move it there")
        else:
            features[feature] = read_feature(inner, feature, context)
    environments = read_environments(table, {*features, *extra_features}, context)
    declared = contents(features, environments)
    _warn_of_unused(table, environments.values(), {*features, *extra_features})
    if workspace:
        _check_package(table, workspace, context)
        check_mapped_channels(workspace, name_map, _all_channels(shared, declared))
    shared = with_limits(shared, table)
    table.ignore("package", "$schema", "tool")
    table.close()
    return PixiManifest(
        name=name or _package_name(table),
        version=version,
        platforms=_with_named(platforms, declared),
        features=features,
        environments=environments,
        shared=shared,
        name_map=name_map,
    )


def _warn_of_unused(table: Table, environments: Iterable[EnvironmentDeclaration], known: set[str]) -> None:
    """Warn of features without an environment, as pixi does; not where a name that an environment lists is wrong."""
    used = {DEFAULT, *(feature for each in environments for feature in each.features)}
    if not used <= known:
        return
    for name, feature in table.children("feature"):
        if name not in used:
            what = f"the feature {name!r} has no effect: no environment uses it"
            feature.warning(codes.MISPLACED, what, fix="list it in an environment, or remove it")


def _check_package(table: Table, workspace: Table, context: Context) -> None:
    """Report a package in a workspace that does not enable the preview for it, which pixi refuses."""
    if "package" in table and not context.builds:
        what = f"[package] takes the preview {PIXI_BUILD!r}, which the workspace does not enable"
        flags = [*workspace.strings("preview"), PIXI_BUILD]
        fix = f"add preview = {json.dumps(flags)} to [{'.'.join(map(str, workspace.path))}], or remove [package]"
        table.error(codes.CONFLICT, what, "package", fix=fix)


def _package_name(table: Table) -> str | None:
    """The name of the package that the manifest also is: where the workspace has none of its own, it has this one."""
    name = value_at(table.data, ("package", "name"))
    return name if isinstance(name, str) else None


def _with_named(platforms: tuple[Platform, ...] | None, features: Iterable[Feature]) -> tuple[Platform, ...] | None:
    """The platforms with the subdirs that features name beyond them, as in pixi."""
    if platforms is None:
        return None
    known = {name for platform in platforms for name in (platform.name, platform.subdir)}
    named = ((name, feature.where) for feature in features for name in feature.platforms or ())
    more = {name: Platform(name=name, subdir=name, where=where) for name, where in named if name not in known}
    return (*platforms, *more.values())


def _workspace_table(table: Table) -> Table | None:
    if "workspace" in table and "project" in table:
        what = "the manifest has both 'workspace' and 'project', its old name"
        table.error(codes.CONFLICT, what, "project", fix="merge 'project' into 'workspace'")
    old = table.table("project")
    return table.table("workspace") or old


def _all_channels(shared: Shared, features: Iterable[Feature]) -> list[str]:
    own = shared.channels or (Channel(channel=DEFAULT_CHANNEL),)
    return [each.channel for each in (*own, *(each for feature in features for each in feature.channels or ()))]
