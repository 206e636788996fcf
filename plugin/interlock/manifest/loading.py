"""Reads a manifest file, in all its dialects."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from interlock.manifest import codes
from interlock.manifest.combining import combined
from interlock.manifest.dialects.interlock import read_interlock
from interlock.manifest.dialects.pixi import read_pixi
from interlock.manifest.dialects.project import Project, read_project
from interlock.manifest.dialects.uv import UvOptions, check_uv, read_uv
from interlock.manifest.discovery import check_kind, is_conda_file, is_manifest
from interlock.manifest.document import Document, read_text
from interlock.manifest.misplaced import check_pixi_toml, check_pyproject
from interlock.manifest.report import Report, failure
from interlock.manifest.table import Table
from interlock.manifest.urls import noting_places

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from interlock.manifest.model import Workspace


def load(path: Path, *, text: str | None = None, others: Mapping[Path, str] = MappingProxyType({})) -> Workspace:
    """Read a manifest in any dialect, by its name; ``text`` stands in for its content, as that of an earlier version.

    ``others`` likewise stand in for the files that one of conda's consists of besides: the ``pyproject.toml`` beside
    it, and requirements files that it names.

    Raises one :class:`InterlockError` with all errors (codes IL101 to IL126, see
    :mod:`interlock.manifest.codes`); warnings are in :attr:`Workspace.findings`. A dependency that cannot be had is an
    error of the environments that contain it, see :meth:`Workspace.request`.
    """
    path = path.absolute()
    check_kind(path)
    text = read_text(path) if text is None else text
    report = Report()
    with noting_places() as beside:
        if is_conda_file(path):
            from interlock.manifest.conda_files import load_conda_file

            workspace = load_conda_file(path, text, report, others)
        else:
            workspace = _toml(path, text, report)
    report.raise_errors(workspace.refusals)
    return replace(workspace, findings=report.warnings, beside=tuple(sorted(beside)))


def _toml(path: Path, text: str, report: Report) -> Workspace:
    top = Table.of(Document(path, text), report)
    return _pixi_toml(top) if path.name != "pyproject.toml" else _pyproject(top)


def _pixi_toml(top: Table) -> Workspace:
    check_pixi_toml(top)
    own = read_interlock(top)
    if "workspace" not in top and "project" not in top:
        package = "package" in top
        table = '[workspace] with channels = ["conda-forge"] and platforms = ["linux-64"]'
        raise failure(
            codes.NO_WORKSPACE,
            f"{top.document.path.name} does not declare a workspace",
            top.where(),
            why="a conda package belongs to the workspace in a directory above" if package else "",
            fix=f"add {table}" if package else f"run `interlock init`, which adds {table}",
        )
    return combined(top, read_pixi(top), UvOptions(), Project(), own)


def _pyproject(top: Table) -> Workspace:
    if not is_manifest(top.data):
        raise failure(
            codes.NO_WORKSPACE,
            f"{top.document.path.name} does not declare any environment",
            top.where(),
            fix="run `interlock init`, which adds [tool.pixi.workspace]; or add [project]",
        )
    check_pyproject(top)
    pixi_table = top.table("tool", "pixi")
    uv = read_uv(top)
    project = read_project(top.table("project"), top.table("dependency-groups"), uv.sources, uv.groups.dev)
    pixi = read_pixi(pixi_table, project.features) if pixi_table is not None else None
    own = read_interlock(top)
    check_uv(uv, own.build, project.names, project.groups)
    return combined(top, pixi, uv, project, own)
