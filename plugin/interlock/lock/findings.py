"""What can be wrong with a lock, in the words that a user reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock_hooks.types import Finding, Location

if TYPE_CHECKING:
    from pathlib import Path

_AGAIN = "run `interlock env lock` to make it again, or take the file from version control"


def other_version(path: Path, found: int, known: int) -> Finding:
    """IL601: the lock has a format that this release does not read."""
    newer = found > known
    return Finding(
        code="IL601",
        what=f"{path.name} has format version {found}, and this release of Interlock reads version {known}",
        why="it was written by a newer release" if newer else "it was written by an older release",
        where=Location(file=str(path), key="version"),
        fix="upgrade Interlock, or remove the file and run `interlock env lock`"
        if newer
        else "remove the file and run `interlock env lock`",
    )


def malformed(path: Path, why: str, *, line: int | None, key: str | None) -> Finding:
    """IL602: the lock is damaged."""
    return Finding(
        code="IL602",
        what=f"{path.name} is damaged",
        why=why,
        where=Location(file=str(path), line=line, key=key),
        fix=_AGAIN,
    )


def conflicted(path: Path, line: int) -> Finding:
    """IL603: the lock holds the marks of a merge that was not finished."""
    return Finding(
        code="IL603",
        what=f"{path.name} has unresolved merge conflicts",
        why="version control could not merge two versions of it",
        where=Location(file=str(path), line=line),
        fix="merge the manifest, take either side of the lock, then run `interlock env lock`",
    )


def unusable(path: Path, action: str, error: OSError) -> Finding:
    """IL604: the lock cannot be read or written."""
    return Finding(
        code="IL604",
        what=f"{path.name} could not be {action}",
        why=error.strerror or str(error),
        where=Location(file=str(path)),
        fix="check the permissions of the file and its directory, and the space on the disk",
    )


def missing(path: Path, name: str, platform: str, *, known: tuple[str, ...] = ()) -> Finding:
    """IL605: the lock says nothing about an environment on a platform; ``known`` are the platforms that it has."""
    return Finding(
        code="IL605",
        what=f"{path.name} holds nothing for environment {name!r} on {platform}",
        why=f"it holds {', '.join(known)} for that environment" if known else "that environment was never locked",
        where=Location(file=str(path)),
        fix="run `interlock env lock`",
    )


def outdated(path: Path, name: str, platform: str) -> Finding:
    """IL606: the lock answers another manifest, and the command was told not to change it."""
    return Finding(
        code="IL606",
        what=f"{path.name} does not answer the manifest for environment {name!r} on {platform}",
        why="the manifest changed after the lock was written, and --locked forbids to write it",
        where=Location(file=str(path)),
        fix="run `interlock env lock` and commit the result, or use --frozen to install the lock as it is",
    )
