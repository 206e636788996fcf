"""Reads a manifest file and combines its dialects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.core.platforms import current_platform
from interlock.manifest import codes
from interlock.manifest.dialects.interlock import InterlockOptions, read_interlock
from interlock.manifest.dialects.pixi import PixiManifest, read_pixi
from interlock.manifest.dialects.project import Project, read_project
from interlock.manifest.dialects.uv import UvOptions, check_sources, read_uv
from interlock.manifest.discovery import check_kind, is_manifest
from interlock.manifest.document import Document
from interlock.manifest.misplaced import check_pixi_toml, check_pyproject
from interlock.manifest.model import (
    DEFAULT,
    DEFAULT_CHANNEL,
    EVERYWHERE,
    Channel,
    EnvironmentDeclaration,
    Feature,
    Layer,
    Platform,
    Shared,
    Workspace,
)
from interlock.manifest.options import merged, merged_packages, union
from interlock.manifest.places import places
from interlock.manifest.report import Report, failure
from interlock.manifest.table import Table
from interlock.manifest.urls import noting_places

if TYPE_CHECKING:
    from pathlib import Path

    from interlock_hooks.types.pypi import Requirement


def load(path: Path, *, text: str | None = None) -> Workspace:
    """Read a ``pixi.toml`` or ``pyproject.toml``; ``text`` stands in for its content, as that of an earlier version.

    Raises one :class:`InterlockError` with all errors (codes IL101 to IL126, see
    :mod:`interlock.manifest.codes`); warnings are in :attr:`Workspace.findings`.
    """
    path = path.absolute()
    check_kind(path)
    document = Document.read(path) if text is None else Document(path, text)
    report = Report()
    top = Table(document.data, (), document, report)
    with noting_places() as beside:
        workspace = _pixi_toml(top) if path.name != "pyproject.toml" else _pyproject(top)
    report.raise_errors()
    return replace(workspace, findings=report.warnings, beside=tuple(sorted(beside)))


def _pixi_toml(top: Table) -> Workspace:
    check_pixi_toml(top)
    own = _interlock(top)
    if "workspace" not in top and "project" not in top:
        raise failure(
            codes.NO_WORKSPACE,
            f"{top.document.path.name} does not declare a workspace",
            top.where(),
            fix='add [workspace] with channels = ["conda-forge"] and platforms = ["linux-64"]',
        )
    return _assemble(top, read_pixi(top), UvOptions(), Project(), own)


def _pyproject(top: Table) -> Workspace:
    if not is_manifest(top.data):
        raise failure(
            codes.NO_WORKSPACE,
            f"{top.document.path.name} does not declare any environment",
            top.where(),
            fix="add [tool.pixi.workspace] or [project]",
        )
    check_pyproject(top)
    tool = top.table("tool")
    uv_table, pixi_table = (tool.table("uv"), tool.table("pixi")) if tool else (None, None)
    uv = read_uv(uv_table) if uv_table is not None else UvOptions()
    project = read_project(top.table("project"), top.table("dependency-groups"), uv.sources)
    pixi = read_pixi(pixi_table, project.features) if pixi_table is not None else None
    own = _interlock(top)
    if uv_table is not None:
        check_sources(uv_table, uv, own.build, project.names)
    return _assemble(top, pixi, uv, project, own)


def _interlock(top: Table) -> InterlockOptions:
    tool = top.table("tool")
    own = tool.table("interlock", strict=True) if tool else None
    return read_interlock(own) if own is not None else InterlockOptions()


def _assemble(
    top: Table, pixi: PixiManifest | None, uv: UvOptions, project: Project, own: InterlockOptions
) -> Workspace:
    path = top.document.path
    found = pixi or PixiManifest(environments={DEFAULT: EnvironmentDeclaration(name=DEFAULT)})
    platforms = found.platforms or uv.platforms
    if platforms is None:
        # Without pixi's table the manifest is for the machine at hand, as uv and pip read it.
        platforms = (Platform(name=current_platform(), subdir=current_platform()),)
    return Workspace(
        name=found.name or project.name or path.parent.name,
        version=found.version or project.version,
        root=path.parent,
        manifest=path,
        files=(path, *found.name_map.files),
        declared_platforms=platforms,
        features=_features(found.features, project),
        environments=found.environments,
        shared=_shared(top, found.shared, uv, own, project),
        plugins=own.plugins,
        settings=own.settings,
        places=places(top.document),
    )


def _features(declared: Mapping[str, Feature], project: Project) -> dict[str, Feature]:
    features = dict(declared)
    for name, requirements in ({DEFAULT: project.requirements} | dict(project.features)).items():
        feature = features.get(name) or Feature(name=name)
        features[name] = _with_requirements(feature, requirements)
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
        solve=own.solve,
        audit=own.audit,
        build=build,
        requires_python=project.requires_python,
        requires_python_where=project.requires_python_where,
        torch_backend=own.torch_backend or uv.torch_backend,
    )


def _check_default_indexes(top: Table, pixi: Shared, uv: Shared) -> None:
    ours, theirs = ([index.url for index in shared.pypi.indexes if index.default] for shared in (pixi, uv))
    if ours and theirs and ours != theirs:
        what = "pixi and uv name different default indexes; pixi's is used"
        top.warning(codes.CONFLICT, what, "tool", "uv", why=f"pixi: {ours[0]}, uv: {theirs[0]}", fix="keep one of them")
