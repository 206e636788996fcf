"""Findings about environments of Interlock in conda's hands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock_hooks.types import Finding, Location, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def packages_of_conda(prefix: Path, names: Sequence[str]) -> Finding:
    """IL680: there are packages of conda's in the prefix that Interlock is to make."""
    return Finding(
        code="IL680",
        what=f"the environment has packages that Interlock did not install: {', '.join(names)}",
        why="Interlock installs exactly what the lock says, and would remove them",
        where=Location(file=str(prefix)),
        fix="make a new environment; name no packages beside the manifest, and use --no-default-packages",
    )


def without_activation(variables: Sequence[str], scripts: Sequence[str]) -> Finding:
    """IL681: ``conda activate`` sets plain variables only."""
    parts = [f"the variables {', '.join(variables)}"] if variables else []
    parts += [f"the scripts {', '.join(scripts)}"] if scripts else []
    return Finding(
        code="IL681",
        severity=Severity.WARNING,
        what=f"`conda activate` leaves out {' and '.join(parts)} of the manifest",
        why="conda sets variables to plain values, and runs only scripts that packages bring",
        fix="use `conda interlock env run` or `env shell` in the project, or do this after activating",
    )


def several_files(files: Sequence[str]) -> Finding:
    """IL684: one prefix cannot be what several files say."""
    return Finding(
        code="IL684",
        what=f"{' and '.join(files)} cannot be installed into one environment",
        why="a manifest has a lock of its own, and their packages were never solved together",
        fix="make an environment of each, or one manifest of both",
    )
