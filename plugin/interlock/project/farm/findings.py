"""Findings about a farm of wheels."""

from __future__ import annotations

from collections.abc import Sequence

from interlock_hooks.types import Finding


def bad_matrix(why: str) -> Finding:
    """IL187: ``--matrix`` cannot be read."""
    return Finding(
        code="IL187",
        what="the matrix is wrong",
        why=why,
        fix="write for example: --matrix python=3.11,3.12 torch=2.6,2.7 cuda=12.8",
    )


def nothing_to_build(environment: str, only: Sequence[str]) -> Finding:
    """IL685: no combination builds what was asked for."""
    asked = ", ".join(only)
    return Finding(
        code="IL685",
        what=f"environment {environment!r} builds {asked or 'nothing'}{' in no combination' if asked else ''}",
        why="no combination has it, or the index has a wheel that fits"
        if asked
        else "the index has a wheel that fits for each of its packages",
        fix="name packages that are built, see `interlock env list`" if asked else "name another environment with -e",
    )


def without_effect(axis: str) -> Finding:
    """IL686: an axis restricts something that no combination contains."""
    return Finding(
        code="IL686",
        what=f"no combination has anything of which the version is that of {axis}",
        why="it would make no difference, and each wheel be counted several times",
        fix=f"take {axis} off the matrix, or add it to the environment",
    )


def waits_for_failed(package: str, others: Sequence[str]) -> Finding:
    """IL466: a build needs the wheel of one that failed."""
    return Finding(
        code="IL466",
        what=f"{package} is not built",
        why=f"it needs {', '.join(others)}, whose build failed",
        fix="repair that build and run the command again; finished wheels are kept",
    )


def works_here_only(package: str) -> Finding:
    """IL467: a wheel names the folder of the environment that it was built against."""
    return Finding(
        code="IL467",
        what=f"the wheel of {package} is of no use elsewhere",
        why="it names the folder of the environment that it was built against",
        fix="have its build name no path of the environment, or build it there with `interlock env install`",
    )
