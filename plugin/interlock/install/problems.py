"""What can be wrong with a prefix, in the words that a user reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock_hooks.types import Finding, Location, Severity

if TYPE_CHECKING:
    from pathlib import Path


def not_a_directory(path: Path) -> Finding:
    """IL610: something that is no directory lies where the environment belongs."""
    return Finding(
        code="IL610",
        what=f"the environment cannot be put into {path}",
        why="a file lies there",
        where=Location(file=str(path)),
        fix="move the file away",
    )


def foreign_directory(path: Path) -> Finding:
    """IL610: a directory that is no conda prefix lies where the environment belongs."""
    return Finding(
        code="IL610",
        what=f"the environment cannot be put into {path}",
        why="the directory holds files and is not a conda prefix",
        where=Location(file=str(path)),
        fix="move the directory away",
    )


def not_writable(path: Path, error: OSError) -> Finding:
    """IL611: the place of the environment cannot be written."""
    return Finding(
        code="IL611",
        what=f"the environment cannot be written: {path}",
        why=error.strerror or str(error),
        where=Location(file=str(path)),
        fix="check the permissions of the directory and the space on the disk",
    )


def no_python(environment: str) -> Finding:
    """IL614: PyPI packages are to be installed, and no interpreter is there."""
    return Finding(
        code="IL614",
        what=f"environment {environment} holds PyPI packages but no python",
        why="the conda packages of the lock bring no interpreter",
        fix='add `python = "*"` to the conda dependencies and lock again',
    )


def provided_by_conda(name: str, record: str) -> Finding:
    """IL615: the lock wants a package from PyPI that a conda package supplies."""
    return Finding(
        code="IL615",
        what=f"{name} would replace the one that the conda package {record} supplies",
        why="the lock has the same distribution from both ecosystems; what conda supplies is never replaced",
        fix="run `interlock env lock`",
    )


def waiting(path: Path) -> Finding:
    """IL616: another process works on the environment."""
    return Finding(
        code="IL616",
        what=f"waiting for another process that works on {path}",
        severity=Severity.NOTE,
    )


def foreign_environment(path: Path, owner: str) -> Finding:
    """IL617: the environment that is there was made by another tool."""
    return Finding(
        code="IL617",
        what=f"the environment in {path} was made by {owner}",
        why="installing would remove packages that Interlock does not know of",
        where=Location(file=str(path)),
        fix="remove it with `interlock env clean`, or move it away, and install again",
    )


def moved(path: Path, old: str) -> Finding:
    """IL618: the environment was made elsewhere and is made again."""
    return Finding(
        code="IL618",
        what=f"the environment in {path} is made again",
        why=f"it was made in {old}, and what it holds works only there",
        severity=Severity.NOTE,
    )


def conda_distribution_lost(names: tuple[str, ...]) -> Finding:
    """IL619: an install from PyPI removed or replaced what conda supplies; it was restored."""
    return Finding(
        code="IL619",
        what=f"installing wheels changed what conda supplies: {', '.join(names)}",
        why="a wheel holds the metadata of another distribution; what conda supplies is never replaced",
        fix="find the wheel that brings it (the packages that were just installed) and leave it out; "
        "the conda packages were restored",
    )


def incomplete(names: tuple[str, ...]) -> Finding:
    """IL620: packages of the lock are missing after the install."""
    return Finding(
        code="IL620",
        what=f"not installed after all: {', '.join(names)}",
        why="something removed them while they were installed, or their wheels hold another package",
        fix="run the command again; if it stays, look at the wheels of these packages",
    )
