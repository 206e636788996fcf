"""Findings about publishing wheels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from interlock.core.urls import shown
from interlock_hooks.types import Finding, Severity

if TYPE_CHECKING:
    from pathlib import Path


def nothing_built(environment: str, missing: Sequence[str] = ()) -> Finding:
    """IL674: an environment has no wheel that was built here, or none of the packages in ``missing``."""
    of_what = f" of {', '.join(missing)}" if missing else ""
    return Finding(
        code="IL674",
        what=f"environment {environment!r} has no wheel{of_what} to publish",
        why="only what was built from source on this machine can be published",
        fix="name packages of an environment that are built, see `interlock env list`",
    )


def left_out(package: str, why: str) -> Finding:
    """IL675: a built wheel is of no use to others."""
    return Finding(
        code="IL675",
        what=f"{package} is not published",
        why=why,
        severity=Severity.WARNING,
        fix="nothing: the other wheels are published",
    )


def names_environment(package: str, prefix: Path) -> Finding:
    """IL669: a published wheel names the prefix that it was built in."""
    return Finding(
        code="IL669",
        what=f"the wheel of {package} names {prefix}, where it was built",
        why="what it looks for there, if anything, is missing in other environments",
        severity=Severity.WARNING,
        fix="see whether it works elsewhere; else have its build name no path of the environment",
    )


def other_content(filename: str, here: str, there: str) -> Finding:
    """IL676: the index has a file of that name with another content."""
    return Finding(
        code="IL676",
        what=f"the index has another {filename} already, which stays",
        why="whoever has locked it relies on its hash",
        details=(f"here  sha256 {here}", f"there sha256 {there}"),
        severity=Severity.WARNING,
        fix="to replace it all the same, remove it from the index first",
    )


def no_conda_name(package: str, lines: Sequence[str]) -> Finding:
    """IL678: a package requires what no conda package supplies, or what conda packages cannot require."""
    return Finding(
        code="IL678",
        what=f"{package} cannot be a conda package",
        why="not all that it requires can be said of a conda package",
        details=tuple(lines),
        fix="add a channel that has it, say in `conda-pypi-map` which package it is, or publish that package as well",
    )


def other_torch(filename: str) -> Finding:
    """IL687: a conda package holds what was built against torch from PyPI."""
    return Finding(
        code="IL687",
        what=f"{filename} was built against torch from PyPI",
        why="it requires conda's pytorch of that version, which can have another C++ ABI or other symbols",
        severity=Severity.WARNING,
        fix="build it in an environment that has pytorch from conda, or try whether it fits with `interlock audit "
        "WHEEL --prefix DIR`, where DIR is an environment with conda's pytorch",
    )


def no_packing_tool() -> Finding:
    """IL679: py-rattler-build is not installed."""
    return Finding(
        code="IL679",
        what="conda packages cannot be made",
        why="py-rattler-build is not installed",
        fix="install `interlock[channel]`",
    )


def not_packed(filename: str, why: str) -> Finding:
    """IL679: a conda package could not be made."""
    return Finding(code="IL679", what=f"{filename} cannot be made", why=why, fix="check the space on the disk")


def not_published(place: str, why: str) -> Finding:
    """IL677: the place of an index or channel cannot be written."""
    return Finding(
        code="IL677",
        what=f"cannot publish to {shown(place)}",
        why=why,
        fix="check the address, the permissions, and for URLs that `interlock[store]` is installed",
    )
