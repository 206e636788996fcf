"""Reads conda's files: ``environment.yml`` and text spec files, with what a ``pyproject.toml`` beside them adds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.core.files import is_file
from interlock.manifest.combining import combined
from interlock.manifest.dialects.environment_yml import read_environment_yml
from interlock.manifest.dialects.interlock import InterlockOptions, read_interlock
from interlock.manifest.dialects.project import Project
from interlock.manifest.dialects.spec_file import read_spec_file
from interlock.manifest.dialects.uv_build import read_build
from interlock.manifest.discovery import PYPROJECT, is_environment_yml
from interlock.manifest.document import Document
from interlock.manifest.options import merged_packages
from interlock.manifest.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from interlock.manifest.dialects.uv import UvOptions
    from interlock.manifest.model import Workspace
    from interlock.manifest.report import Report


def load_conda_file(path: Path, text: str, report: Report, others: Mapping[Path, str]) -> Workspace:
    """Read one of conda's files; of a ``pyproject.toml`` beside it only what is about builds and Interlock counts.

    ``others`` stand in for the content of that and of files that it names.
    """
    if is_environment_yml(path):
        found = read_environment_yml(path, text, report, others)
    else:
        found = read_spec_file(path, text, report)
    beside = path.with_name(PYPROJECT)
    builds = others.get(beside)
    options, own = found.options, InterlockOptions()
    if builds is not None or is_file(beside):
        top = Table.of(Document.read(beside) if builds is None else Document(beside, builds), report)
        own = read_interlock(top)
        options = _with_builds(options, top.table("tool", "uv"))
    workspace = combined(found.top, found.manifest, options, Project(), own)
    return replace(workspace, files=(path, *found.files, beside))


def _with_builds(options: UvOptions, uv: Table | None) -> UvOptions:
    """The options with uv's settings for builds, which say nothing about what is installed."""
    if uv is None:
        return options
    build, no_isolation = read_build(uv)
    packages = merged_packages(options.shared.build.packages, build.packages)
    shared = replace(options.shared, build=replace(build, packages=packages), no_isolation=no_isolation)
    return replace(options, shared=shared)
