"""What may be wrong with a project, its lock and its environments, in the words of the commands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from interlock_hooks.types import Finding, Location, Severity

if TYPE_CHECKING:
    from pathlib import Path

    from interlock_hooks.types import EnvironmentRequest, LockedEnvironment


# -- environments ----------------------------------------------------------------------------------------------------


def not_installed(name: str, prefix: Path) -> Finding:
    """IL692: there is no prefix."""
    return Finding(
        code="IL692",
        what=f"environment {name} is not installed",
        why=f"there is no prefix at {prefix}",
        fix="run `interlock env install`",
    )


def not_ours(prefix: Path) -> Finding:
    """IL691: a directory among the prefixes that is none."""
    return Finding(
        code="IL691",
        what=f"{prefix} is not removed",
        why="it holds files but is not a conda prefix",
        fix="look into it and remove it by hand",
    )


# -- names -----------------------------------------------------------------------------------------------------------


def unknown_name(name: str, request: EnvironmentRequest, locked: LockedEnvironment | None) -> Finding:
    """IL245: neither the lock nor the channels have a conda package that is called so or supplies it."""
    known = {record.name for record in locked.conda.records} if locked else set()
    known |= {str(entry.name) for entry in locked.resolution.provided} if locked else set()
    near = get_close_matches(name.lower(), sorted(known), 1)
    package = locked.resolution.get(name) if locked else None
    taken = f"the lock takes {package} from PyPI; " if package else ""
    return Finding(
        code="IL245",
        what=f"no conda package is called {name!r} or supplies it",
        why=f"{taken}neither the lock nor the channels have one for {request.name} on {request.platform}",
        fix=f"did you mean {near[0]!r}?" if near else "check the name",
    )


def outdated_names(lock: Path, request: EnvironmentRequest) -> Finding:
    """IL246: names of now for packages of an older manifest."""
    return Finding(
        code="IL246",
        severity=Severity.WARNING,
        what=f"{lock.name} does not answer the manifest for {request.name} on {request.platform}",
        why="the names are as the manifest says now, of the packages that were locked for an earlier one",
        fix="run `interlock env lock`",
    )


# -- the lock, inspected ---------------------------------------------------------------------------------------------


def outdated_lock(path: Path, environment: str, platform: str) -> Finding:
    """IL621: lines of the manifest may lead to nothing in the lock."""
    return Finding(
        code="IL621",
        severity=Severity.WARNING,
        what=f"{path.name} does not answer the manifest for environment {environment!r} on {platform}",
        why="the manifest changed after the lock was written: lines of it may lead to nothing",
        where=Location(file=str(path)),
        fix="run `interlock env lock`",
    )


def unreadable_manifest(problem: Finding) -> Finding:
    """IL622: what is wrong with the manifest, as a warning of a command that can do without it."""
    return replace(
        problem,
        code="IL622",
        severity=Severity.WARNING,
        what="the manifest cannot be read, so that only the lock is shown",
        why=f"{problem.code}: {problem.what}",
    )


# -- versions of the lock, compared ----------------------------------------------------------------------------------


def no_lock(what: str, why: str, fix: str) -> Finding:
    """IL623: a lock that is to be compared does not exist."""
    return Finding(code="IL623", what=f"there is no {what} to compare", why=why, fix=fix)


def nothing_to_compare(
    labels: tuple[str, str], environment: str | None, platform: str | None, known: Iterable[tuple[str, str]]
) -> Finding:
    """IL624: neither lock has the environment on the platform; ``known`` are those that they have."""
    wanted = " on ".join(filter(None, (environment and f"environment {environment!r}", platform)))
    held = ", ".join(f"{name} on {subdir}" for name, subdir in known)
    return Finding(
        code="IL624",
        what=f"neither {labels[0]} nor {labels[1]} holds anything for {wanted}",
        why=f"they hold: {held or 'nothing'}",
        fix="name one of these, or leave the option out to compare all",
    )


def unknown_manifest(label: str) -> Finding:
    """IL625: what the manifest of a lock's time said is not known."""
    return Finding(
        code="IL625",
        severity=Severity.NOTE,
        what=f"the manifest that belongs to the lock {label} is not known",
        why="there is none beside it, or it cannot be read",
        fix="causes come from the packages alone; what a line of the manifest brought stays unexplained",
    )
