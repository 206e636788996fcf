"""Findings about edits of the manifest, and about its first version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.findings import titled
from interlock_hooks.types import Finding, Location, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


# -- edits of the manifest -------------------------------------------------------------------------------------------


def changed_meanwhile(path: Path) -> Finding:
    """IL134: somebody else changed the manifest or the lock while its next version was solved."""
    return Finding(
        code="IL134",
        what=f"{path.name} changed while this command ran",
        why="another program or a person wrote to it, and writing it now would undo that",
        where=Location(file=str(path)),
        fix="run the command again; nothing was written",
    )


def unwritable_manifest(path: Path, error: OSError) -> Finding:
    """IL135: the manifest cannot be written."""
    return Finding(
        code="IL135",
        what=f"{path.name} cannot be written",
        why=error.strerror or str(error),
        where=Location(file=str(path)),
        fix="check its permissions and the free space; it has its old content",
    )


def nothing_changed(path: Path) -> Finding:
    """IL139: an edit has no solution."""
    return Finding(
        code="IL139",
        severity=Severity.NOTE,
        what=f"{path.name} and the lock are unchanged",
        why="they are written only if there is a solution; lines above are those of the manifest with the edit",
    )


def still_installed(name: str, environment: str, because: str) -> Finding:
    """IL137: what was removed from the manifest stays in an environment."""
    return Finding(
        code="IL137",
        severity=Severity.NOTE,
        what=f"{name} stays in {titled(environment)}",
        why=because,
    )


def edited_all_the_same(names: Sequence[str]) -> Finding:
    """IL138: the manifest and the lock were written, but the environment could not be installed."""
    return Finding(
        code="IL138",
        severity=Severity.NOTE,
        what=f"{' and '.join(names)} {'have' if len(names) > 1 else 'has'} the change, but the environment does not",
        why="the change has a solution; installing it failed",
        fix="correct what the error names and run `interlock env install`, or take the change back",
    )


# -- the first manifest ----------------------------------------------------------------------------------------------


def cannot_begin(folder: Path, error: OSError) -> Finding:
    """IL140: a directory cannot be made a project."""
    return Finding(
        code="IL140",
        what=f"no manifest can be written into {folder}",
        why=error.strerror or str(error),
        where=Location(file=str(error.filename or folder)),
        fix="choose another directory, or check its permissions and the free disk space",
    )
