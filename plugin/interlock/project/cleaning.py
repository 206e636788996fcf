"""Removing the installed environments of a project."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING

from interlock.core.activity import doing
from interlock.install.place import exclusive, remove_prefix, removed_name
from interlock.project.findings.environments import not_ours
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.project.opening import Project


def clean(project: Project, name: str | None) -> list[Path]:
    """Remove the prefix of one environment, or of all, with logs and packages of builds; returns what was removed.

    Waits for processes that work on them. Raises :class:`InterlockError`: IL691 for a directory that is not a conda
    prefix, and IL611 for one that cannot be removed.
    """
    envs = project.layout.prefix("x").parent
    prefixes = [project.layout.prefix(name)] if name else sorted(envs.iterdir()) if envs.is_dir() else []
    with ExitStack() as locks:
        for prefix in (each for each in prefixes if _is_there(each)):
            locks.enter_context(exclusive(prefix, project.plugins.event))
        existing = [prefix for prefix in prefixes if _is_there(prefix)]
        for prefix in existing:
            if not (prefix / "conda-meta").is_dir() and any(prefix.iterdir()):
                raise InterlockError(not_ours(prefix))
        for prefix in existing:
            doing(str(prefix))
            remove_prefix(prefix)
        for leftover in envs.glob(removed_name(envs / (name or "*")).name):
            shutil.rmtree(leftover)
    shared = (project.layout.logs, project.layout.own_channel) if name is None else ()
    for folder in (each for each in shared if each.is_dir()):
        shutil.rmtree(folder)
        existing.append(folder)
    return existing


def _is_there(prefix: Path) -> bool:
    """Whether this may be an environment; hidden directories are what Interlock keeps beside them."""
    return prefix.is_dir() and not prefix.name.startswith(".")
