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
from interlock.manifest.discovery import PYPROJECT, is_environment_yml
from interlock.manifest.document import Document
from interlock.manifest.table import Table

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.manifest.model import Workspace
    from interlock.manifest.report import Report


def load_conda_file(path: Path, text: str, report: Report) -> Workspace:
    """Read one of conda's files; of a ``pyproject.toml`` beside it only ``[tool.interlock]`` counts."""
    read = read_environment_yml if is_environment_yml(path) else read_spec_file
    found = read(path, text, report)
    beside = path.with_name(PYPROJECT)
    own, files = InterlockOptions(), (path, *found.files)
    if is_file(beside):
        files = (*files, beside)
        own = _own_options(beside, report)
    return replace(combined(found.top, found.manifest, found.options, Project(), own), files=files)


def _own_options(path: Path, report: Report) -> InterlockOptions:
    document = Document.read(path)
    tool = Table(document.data, (), document, report).table("tool")
    own = tool.table("interlock", strict=True) if tool else None
    return read_interlock(own) if own is not None else InterlockOptions()
