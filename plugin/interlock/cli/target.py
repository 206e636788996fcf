"""The environment that a command looks at: that of a project, or any other by its prefix."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.audit.declared import declared_glibc
from interlock.project.locking import read_lock
from interlock.project.opening import installed_prefix, open_project

if TYPE_CHECKING:
    import argparse


@dataclass(frozen=True, slots=True)
class Target:
    """A prefix, and the oldest glibc that its project declares, if it does."""

    prefix: Path
    declared_glibc: str | None = None


def choose_target(args: argparse.Namespace) -> Target:
    """What ``--prefix`` names, else the environment of the project; raises :class:`InterlockError` (IL692)."""
    if args.prefix is not None:
        return Target(Path(args.prefix).expanduser().absolute())
    project = open_project(args.manifest_path, folder=args.folder)
    prefix = installed_prefix(project, args.environment)
    lock = read_lock(project)
    locked = lock.get(args.environment, project.workspace.request(args.environment).platform) if lock else None
    return Target(prefix, declared_glibc(locked.conda) if locked else None)
