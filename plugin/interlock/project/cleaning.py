"""Removing the installed environments of a project."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from interlock.core.activity import doing
from interlock.project.findings import not_ours
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.project.opening import Project


def clean(project: Project, name: str | None) -> list[Path]:
    """Remove the prefix of one environment, or of all, with logs and packages of builds; returns what was removed.

    Raises :class:`InterlockError` (IL691) for a directory that is not a conda prefix.
    """
    envs = project.layout.prefix("x").parent
    prefixes = [project.layout.prefix(name)] if name else sorted(envs.iterdir()) if envs.is_dir() else []
    existing = [prefix for prefix in prefixes if prefix.is_dir()]
    for prefix in existing:
        if not (prefix / "conda-meta").is_dir() and any(prefix.iterdir()):
            raise InterlockError(not_ours(prefix))
    for prefix in existing:
        doing(str(prefix))
        shutil.rmtree(prefix)
    shared = (project.layout.logs, project.layout.own_channel) if name is None else ()
    for folder in (each for each in shared if each.is_dir()):
        shutil.rmtree(folder)
        existing.append(folder)
    return existing
