"""Combines what the dialects of a manifest say into one workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.core.channels import DEFAULT_CHANNEL
from interlock.core.platforms import current_platform
from interlock.manifest import codes
from interlock.manifest.dialects.pixi import PixiManifest
from interlock.manifest.dialects.python_version import PinnedPython, read_pin
from interlock.manifest.interpreter import of_project
from interlock.manifest.model import (
    DEFAULT,
    EVERYWHERE,
    Channel,
    EnvironmentDeclaration,
    Feature,
    Layer,
    Platform,
    Shared,
    Workspace,
)
from interlock.manifest.options import default_index, merged, merged_packages, union, unique
from interlock.manifest.places import places
from interlock_hooks.types.requirements import Requirement

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.manifest.dialects.interlock import InterlockOptions
    from interlock.manifest.dialects.project import Project
    from interlock.manifest.dialects.uv import UvOptions
    from interlock.manifest.dialects.uv_groups import GroupOptions
    from interlock.manifest.table import Table


def combined(
    top: Table, pixi: PixiManifest | None, uv: UvOptions, project: Project, own: InterlockOptions
) -> Workspace:
    """The workspace that pixi's table (``None`` without one), uv's, the standard ones and Interlock's declare together.

    ``top`` is the whole document: it gets a warning where two of them contradict each other.
    """
    path = top.document.path
    found = pixi or PixiManifest()
    pin = PinnedPython()
    if pixi is None:
        pin = read_pin(path.parent, (uv.tables.root.document if uv.tables else top.document).path.parent, top.report)
        project = pin.within(project)
        project = replace(project, requirements=(*_itself(top, uv, project), *project.requirements))
    platforms = found.platforms or uv.platforms
    if platforms is None:
        # Without pixi's table the manifest is for the machine at hand, as uv and pip read it.
        platforms = (Platform(name=current_platform(), subdir=current_platform()),)
    return Workspace(
        name=found.name or project.name or path.parent.name,
        version=found.version or project.version,
        root=path.parent,
        manifest=path,
        files=unique((path, *uv.files, *found.name_map.files, *found.files, *pin.files)),
        declared_platforms=platforms,
        features=_features(_with_python(found, path), project, uv.groups),
        environments=found.environments if pixi else _as_uv_syncs(project, uv.groups),
        shared=_shared(top, found.shared, uv, own, project),
        plugins=own.plugins,
        settings=own.settings,
        places=places(top.document),
    )


def _as_uv_syncs(project: Project, options: GroupOptions) -> dict[str, EnvironmentDeclaration]:
    """Without pixi's tables there is one environment: what ``uv sync`` installs, with the default groups."""
    groups = (name for name in project.groups if options.default is None or canonicalize_name(name) in options.default)
    return {DEFAULT: EnvironmentDeclaration(name=DEFAULT, features=tuple(groups))}


def _itself(top: Table, uv: UvOptions, project: Project) -> tuple[Requirement, ...]:
    """The project itself, editable, if it is a package: uv installs it along with what it requires."""
    is_package = "build-system" in top if uv.package is None else uv.package
    if project.name is None or not is_package:
        return ()
    name = canonicalize_name(project.name)
    text = f"{name} @ {top.document.path.parent.as_uri()}"
    return (Requirement(name=name, text=text, editable=True, where=top.where("project", "name")),)


def _with_python(found: PixiManifest, path: Path) -> Mapping[str, Feature]:
    if path.name != "pyproject.toml" or DEFAULT not in found.features:
        return found.features
    return {**found.features, DEFAULT: of_project(found.features[DEFAULT])}


def _features(declared: Mapping[str, Feature], project: Project, options: GroupOptions) -> dict[str, Feature]:
    features = dict(declared)
    for name, requirements in ({DEFAULT: project.requirements} | dict(project.features)).items():
        feature = features.get(name) or Feature(name=name)
        features[name] = _with_requirements(feature, requirements)
    for name in project.groups:
        python, where = options.requires_python.get(canonicalize_name(name), (None, None))
        features[name] = replace(features[name], requires_python=python, requires_python_where=where)
    return features


def _with_requirements(feature: Feature, requirements: tuple[Requirement, ...]) -> Feature:
    layer = feature.layers.get(EVERYWHERE, Layer())
    layer = replace(layer, requirements=(*layer.requirements, *requirements))
    return replace(feature, layers={**feature.layers, EVERYWHERE: layer})


def _shared(top: Table, pixi: Shared, options: UvOptions, own: InterlockOptions, project: Project) -> Shared:
    uv = options.shared
    _check_default_indexes(top, pixi, uv)
    build = replace(
        own.build,
        packages=options.with_sources(merged_packages(own.build.packages, uv.build.packages)),
        config_settings=uv.build.config_settings,
        constraints=uv.build.constraints,
        metadata=uv.build.metadata,
    )
    return replace(
        pixi,
        channels=pixi.channels or (Channel(channel=DEFAULT_CHANNEL),),
        pypi=merged(pixi.pypi, uv.pypi),
        no_isolation=union(pixi.no_isolation, uv.no_isolation),
        constraints=uv.constraints,
        overrides=(*pixi.overrides, *uv.overrides),
        scoped_overrides=uv.scoped_overrides,
        solve=own.solve,
        audit=own.audit,
        build=build,
        requires_python=project.requires_python,
        requires_python_where=project.requires_python_where,
        torch_backend=own.torch_backend or uv.torch_backend,
        conflicts=uv.conflicts,
    )


def _check_default_indexes(top: Table, pixi: Shared, uv: Shared) -> None:
    ours, theirs = (default_index(shared.pypi.indexes) for shared in (pixi, uv))
    if ours and theirs and ours.url != theirs.url:
        what, why = "pixi and uv name different default indexes; pixi's is used", f"pixi: {ours.url}, uv: {theirs.url}"
        top.warning(codes.CONFLICT, what, "tool", "uv", why=why, fix="keep one of them")
