"""Findings about the lock file."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.core.codes import SOURCE_CHANGED
from interlock_hooks.types import Finding, Location, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

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
    reason = error.strerror or str(error)
    # What is written with it lies in other places.
    other = error.filename is not None and Path(error.filename) != path
    return Finding(
        code="IL604",
        what=f"{path.name} cannot be {action}",
        why=f"{error.filename}: {reason}" if other else reason,
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


def outdated(
    path: Path,
    name: str,
    platform: str,
    *,
    others: Sequence[str],
    replaced: Sequence[Path],
    sources: Sequence[str],
    whole: bool = True,
) -> Finding:
    """IL606: the lock is out of date, and the command may not change it.

    ``others`` are solved with the environment. ``replaced`` are files that are not those that were locked, and
    ``sources`` the packages whose local source counts: the digest tells that something changed, but not what. One that
    is not ``whole`` was changed by something else.
    """
    listed = " and ".join(map(repr, others))
    changed = "the manifest changed"
    if not whole:
        changed = "a merge or an edit changed the locked packages"
    elif replaced:
        changed = f"{', '.join(map(str, replaced))} changed"
    elif sources:
        changed = f"the manifest or the local source of {' or '.join(sources)} changed"
    return Finding(
        code="IL606",
        what=out_of_date(path, name, platform),
        why=f"{changed} after the lock was written, and this command may not update the lock",
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
    """The sentence with which every command says that the lock is older than what it is for."""
    return f"{path.name} is out of date for environment {name!r} on {platform}"


def not_locked(name: str, known: Collection[str], elsewhere: Collection[str]) -> Finding:
    """IL141: there is no package of that name to move; ``elsewhere`` are environments that have it all the same."""
    near = next(iter(get_close_matches(name, sorted(known), 1)), None)
    if elsewhere:
        fix = "name one of these environments and platforms with -e and -p, or leave these options out"
    else:
        fix = f"did you mean {near!r}?" if near else "`interlock env list` shows what is locked"
    return Finding(
        code="IL141",
        what=f"the lock has no {name!r} there" if elsewhere else f"the lock has no package {name!r}",
        why=f"it is locked in {', '.join(elsewhere)}" if elsewhere else _shown(known),
        fix=fix,
    )


def no_lock_to_move() -> Finding:
    """IL141: names were given, but nothing is locked yet."""
    return Finding(
        code="IL141",
        what="there is nothing to update: the project has no interlock.lock",
        why="an update moves versions that are locked",
        fix="run `interlock env lock`, which takes the newest versions that fit",
    )


def held_back(names: Sequence[str]) -> Finding:
    """IL142: named packages that stay at their versions."""
    several = len(names) > 1
    return Finding(
        code="IL142",
        severity=Severity.NOTE,
        what=f"{', '.join(names)} {'stay' if several else 'stays'} at the locked version{'s' if several else ''}",
        why="nothing newer fits the manifest and the packages that stay",
        fix="name what holds it back as well, or name nothing: then everything may move",
    )


def _shown(known: Collection[str]) -> str:
    names = sorted(known)
    if not names:
        return "it has no packages there"
    more = f", and {len(names) - 8} more" if len(names) > 8 else ""
    return f"it has {', '.join(names[:8])}{more}"
