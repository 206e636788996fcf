"""Findings about the sources of builds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.codes import SOURCE_UNREACHABLE
from interlock.core.urls import redacted, shown
from interlock_hooks.types import Artifact, Finding, Location

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def not_downloaded(artifact: Artifact, why: str) -> Finding:
    """IL401: the file of an artifact cannot be downloaded."""
    return Finding(
        code=SOURCE_UNREACHABLE,
        what=f"could not download the source {redacted(artifact.url)}",
        why=why,
        fix="check that the address still exists, the network, and the proxy variables",
    )


def not_cloned(address: str, why: str, details: Sequence[str]) -> Finding:
    """IL401: git cannot fetch a repository."""
    return Finding(
        code=SOURCE_UNREACHABLE,
        what=f"could not fetch the source {address}",
        why=why,
        fix="check the address, and that git can reach it without asking for a password",
        details=tuple(details),
    )


def unsafe_archive(archive: Path, why: str) -> Finding:
    """IL403: unpacking would write outside the target directory, or fill the disk."""
    return Finding(
        code="IL403",
        what=f"{archive.name} is not safe to unpack",
        why=why,
        fix="do not use this sdist; report it to its publisher",
    )


def unreadable_archive(archive: Path, why: str) -> Finding:
    """IL404: the file is not an archive of one project."""
    return Finding(
        code="IL404",
        what=f"{archive.name} is not a source distribution that can be unpacked",
        why=why,
        fix="check that the URL leads to an sdist (.tar.gz or .zip) and that the file is complete",
    )


def no_project(artifact: Artifact, why: str) -> Finding:
    """IL404: the source does not contain a Python project."""
    return Finding(
        code="IL404",
        what=f"{artifact.filename or shown(artifact.url)} does not contain a Python project that can be built",
        why=why,
        fix="check the address or path, and the subdirectory if the project is not at the top",
    )


def malformed_build_system(tree: Path, why: str) -> Finding:
    """IL405: PEP 518 does not allow this pyproject.toml."""
    return Finding(
        code="IL405",
        what=f"the pyproject.toml of {tree.name} is not valid for building",
        why=why,
        where=_in_pyproject(tree, "build-system"),
        fix="report it to the project, or use another version",
    )


def backend_outside(tree: Path, path: str) -> Finding:
    """IL406: ``backend-path`` leads out of the source tree."""
    return Finding(
        code="IL406",
        what=f"the build backend of {tree.name} is in {path!r}, outside the source tree",
        why="PEP 517 allows only relative paths inside the tree",
        where=_in_pyproject(tree, "build-system.backend-path"),
        fix="report it to the project; do not build this source",
    )


def _in_pyproject(tree: Path, key: str) -> Location:
    return Location(file=f"{tree.name}/pyproject.toml", key=key)
