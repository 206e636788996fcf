"""Findings about locks: what goes into them, what they say, and how two of them are compared."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from interlock.core.findings import titled
from interlock.lock.findings import out_of_date
from interlock_hooks.types import Finding, Location, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from interlock_hooks.types import EnvironmentRequest, LockedEnvironment, PyPIPackage


# -- what is locked --------------------------------------------------------------------------------------------------


def sources_not_named(lock: Path, package: PyPIPackage, place: Path) -> Finding:
    """IL608: only the lock has a package from a place of this machine whose content nothing fixes."""
    return Finding(
        code="IL608",
        what=f"{lock.name} takes {package.name} from {place}, which nothing else names",
        why="whoever changes a lock must not choose what of this machine is built, and neither the manifest, nor a "
        "project or workspace that it names, nor a plugin asks for this place",
        where=Location(file=str(lock)),
        fix="check who changed the lock, delete it, and run `interlock env lock`; if the place is meant, name it in "
        f"the manifest: `{package.name} = {{ path = ... }}`",
    )


def left_out(refusal: Finding, targets: Sequence[tuple[str, str]]) -> Finding:
    """Why environments, each on a platform, cannot be locked, with their names."""
    names = ", ".join(f"{name} on {platform}" for name, platform in targets)
    return replace(refusal, details=(*refusal.details, f"not locked because of this: {names}"))


# -- names -----------------------------------------------------------------------------------------------------------


def unknown_name(name: str, request: EnvironmentRequest, locked: LockedEnvironment | None) -> Finding:
    """IL245: neither the lock nor the channels have a conda package with this name, or one that supplies it."""
    known = {record.name for record in locked.conda.records} if locked else set()
    known |= {str(entry.name) for entry in locked.resolution.provided} if locked else set()
    near = get_close_matches(name.lower(), sorted(known), 1)
    package = locked.resolution.get(name) if locked else None
    taken = f"the lock takes {package} from PyPI; " if package else ""
    return Finding(
        code="IL245",
        what=f"no conda package has the name {name!r} or supplies a distribution with that name",
        why=f"{taken}neither the lock nor the channels have one for {titled(request.name)} on {request.target}",
        fix=f"did you mean {near[0]!r}?" if near else "check the name",
    )


def outdated_names(lock: Path, request: EnvironmentRequest) -> Finding:
    """IL246: current rules for names, applied to the packages of an outdated lock."""
    return Finding(
        code="IL246",
        severity=Severity.WARNING,
        what=out_of_date(lock, request.name, request.target),
        why="the names follow the current manifest, but the packages were locked for an earlier one",
        fix="run `interlock env lock`",
    )


# -- the lock, inspected ---------------------------------------------------------------------------------------------


def outdated_lock(path: Path, environment: str, platform: str) -> Finding:
    """IL621: the lock is out of date, so that lines of the manifest may be missing in it."""
    return Finding(
        code="IL621",
        severity=Severity.WARNING,
        what=out_of_date(path, environment, platform),
        why="the manifest changed after the lock was written, so some of its lines may have no packages in the lock",
        where=Location(file=str(path)),
        fix="run `interlock env lock`",
    )


def unreadable_manifest(problem: Finding) -> Finding:
    """IL622: a problem of the manifest, as a warning of a command that does not need it."""
    return replace(
        problem,
        code="IL622",
        severity=Severity.WARNING,
        what="the manifest cannot be read, so only the lock is shown",
        why=f"{problem.code}: {problem.what}",
    )


# -- versions of the lock, compared ----------------------------------------------------------------------------------


def no_lock(what: str, why: str, fix: str) -> Finding:
    """IL623: one of the locks to compare does not exist."""
    return Finding(code="IL623", what=f"cannot compare {what}: it does not exist", why=why, fix=fix)


def nothing_to_compare(
    labels: tuple[str, str], environment: str | None, platform: str | None, known: Iterable[tuple[str, str]]
) -> Finding:
    """IL624: neither lock has the environment on the platform; ``known`` are those that they have."""
    wanted = " on ".join(filter(None, (environment and f"environment {environment!r}", platform)))
    held = ", ".join(f"{name} on {subdir}" for name, subdir in known)
    return Finding(
        code="IL624",
        what=f"neither {labels[0]} nor {labels[1]} covers {wanted}",
        why=f"they cover: {held or 'nothing'}",
        fix="name one of these, or omit the option to compare all",
    )


def unknown_manifest(label: str) -> Finding:
    """IL625: the manifest that a lock was made from is unknown."""
    return Finding(
        code="IL625",
        severity=Severity.NOTE,
        what=f"the manifest of the lock {label} is unknown",
        why="there is no manifest next to the lock, or it cannot be read",
        fix="nothing has to be done; changes are explained from the packages alone, not from lines of the manifest",
    )


# -- locks of other tools --------------------------------------------------------------------------------------------


def preferred_lock(name: str) -> Finding:
    """IL626: the first lock is made close to that of another tool."""
    return Finding(
        code="IL626",
        what=f"versions of {name} are preferred",
        why="the project has no interlock.lock yet",
        severity=Severity.NOTE,
    )


def unreadable_lock(name: str, why: str) -> Finding:
    """IL627: the lock of another tool cannot be read."""
    return Finding(
        code="IL627",
        what=f"{name} cannot be read, and its versions are not preferred",
        why=why,
        severity=Severity.WARNING,
    )
