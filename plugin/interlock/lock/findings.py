"""Findings about the lock file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.codes import SOURCE_CHANGED
from interlock_hooks.types import Finding, Location, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from interlock_hooks.types import PyPIPackage

_AGAIN = "restore the file from version control, or remove it and run `interlock env lock`"


def other_version(path: Path, found: int, known: int) -> Finding:
    """IL601: the lock has a format that this release does not read."""
    newer = found > known
    return Finding(
        code="IL601",
        what=f"{path.name} has format version {found}, but this release of Interlock reads version {known}",
        why=f"{'a newer' if newer else 'an older'} release wrote it",
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
    """IL603: the lock contains merge conflict markers; the first one is in ``line``."""
    return Finding(
        code="IL603",
        what=f"{path.name} has unresolved merge conflicts",
        why="version control could not merge two versions of it",
        where=Location(file=str(path), line=line),
        fix="merge the manifest, take either side of the lock, then run `interlock env lock`",
    )


def unusable(path: Path, action: str, error: OSError) -> Finding:
    """IL604: the lock cannot be read or written; ``action`` is the participle, ``read`` or ``written``."""
    return Finding(
        code="IL604",
        what=f"{path.name} cannot be {action}",
        why=error.strerror or str(error),
        where=Location(file=str(path)),
        fix="check the permissions of the file and its directory, and the free disk space",
    )


def missing(path: Path, name: str, platform: str, *, known: tuple[str, ...] = ()) -> Finding:
    """IL605: the lock does not cover an environment on a platform; ``known`` are the platforms that it covers."""
    return Finding(
        code="IL605",
        what=f"{path.name} does not cover environment {name!r} on {platform}",
        why=f"the environment is locked for {', '.join(known)}" if known else "the environment was never locked",
        where=Location(file=str(path)),
        fix="run `interlock env lock`",
    )


def outdated(path: Path, name: str, platform: str, *, others: Sequence[str] = ()) -> Finding:
    """IL606: the lock is out of date, and the command may not change it; ``others`` are solved with the environment."""
    listed = " and ".join(map(repr, others))
    return Finding(
        code="IL606",
        what=out_of_date(path, name, platform),
        why="the manifest changed after the lock was written, and this command may not update the lock",
        where=Location(file=str(path)),
        fix="run `interlock env lock` and commit the result, or use --frozen to install the lock as it is",
        details=(f"its solve group includes {listed}: a change of one environment affects all of them",)
        if others
        else (),
    )


def source_changed(package: PyPIPackage, contradictions: Sequence[str], *, severity: Severity) -> Finding:
    """IL607: what a build says of its package contradicts what the lock holds."""
    return Finding(
        code=SOURCE_CHANGED,
        what=f"{package.name} changed after it was locked",
        why=contradictions[0],
        fix="run `interlock env install` without --locked or --frozen, which locks it again, and commit the lock",
        severity=severity,
        details=tuple(contradictions[1:]),
    )


def out_of_date(path: Path, name: str, platform: str) -> str:
    """The sentence with which every command says that the lock is older than the manifest."""
    return f"{path.name} is out of date: it does not match the manifest for environment {name!r} on {platform}"
