"""Findings about edits of a manifest that cannot be made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from interlock_hooks.types import Finding, Location, Severity

if TYPE_CHECKING:
    from pathlib import Path


def unreadable_spec(text: str, why: str, fix: str = "") -> Finding:
    """IL131: what the command line names is not a package."""
    return Finding(
        code="IL131",
        what=f"{text!r} is not a package that can be added" if text else "the options do not fit together",
        why=why,
        fix=fix or "write it like 'numpy', 'numpy>=2', 'python=3.12' (conda) or 'torch[extra]>=2' (PyPI)",
    )


def no_place(what: str, where: Location, why: str, fix: str) -> Finding:
    """IL132: the manifest has no place for it."""
    return Finding(code="IL132", what=what, why=why, where=where, fix=fix)


def not_listed(name: str, where: Location | None, elsewhere: Sequence[str], near: str | None, options: str) -> Finding:
    """IL133: the entry that was named does not exist, or not at that place."""
    if elsewhere:
        fix = f"run it with {options}"
    else:
        fix = f"did you mean {near!r}?" if near else "`interlock env why` tells what requires an installed package"
    return Finding(
        code="IL133",
        what=f"the manifest does not list {name!r} there" if elsewhere else f"the manifest does not list {name!r}",
        why=f"it is listed in {', '.join(elsewhere)}" if elsewhere else "only its own dependencies can be changed",
        where=where,
        fix=fix,
    )


def unused_feature(feature: str, where: Location | None, fix: str) -> Finding:
    """IL136: a group or an extra that no environment contains."""
    return Finding(
        code="IL136",
        severity=Severity.WARNING,
        what=f"no environment uses {feature!r}",
        why="what it lists is neither solved nor installed",
        where=where,
        fix=fix,
    )


def not_met(name: str, version: str, has: Sequence[tuple[str, str | None]]) -> Finding:
    """IL146: something that was added does not have its way; ``has`` are environments with what they have of it."""
    asked = f"{name} {version}".rstrip()
    shown = [f"{place} has {name} {found}" if found else f"{place} does not have {name}" for place, found in has[:3]]
    more = f" and {len(has) - 3} more" if len(has) > 3 else ""
    return Finding(
        code="IL146",
        severity=Severity.WARNING,
        what=f"{asked} is listed now, but not everywhere installed",
        why=f"{', '.join(shown)}{more}: a marker, a target table, an override or an exclusion counts for more there",
        fix=f"look for other lines about {name}; `interlock env why {name}` shows what counts",
    )


def left_alone(name: str, why: str, where: Location | None, fix: str = "") -> Finding:
    """IL143: an entry that an upgrade does not change."""
    return Finding(code="IL143", severity=Severity.NOTE, what=f"{name} is left as it is", why=why, where=where, fix=fix)


def unknown_list(path: Path, why: str, fix: str) -> Finding:
    """IL145: a file from which no packages can be taken over."""
    return Finding(code="IL145", what=f"{path} cannot be imported", why=why, where=Location(file=str(path)), fix=fix)


def not_imported(path: Path, what: str, fix: str) -> Finding:
    """IL144: something in an imported file that is not a package."""
    return Finding(
        code="IL144",
        severity=Severity.WARNING,
        what=f"not taken over: {what}",
        why="only packages are imported",
        where=Location(file=str(path)),
        fix=fix,
    )


def listed_already(name: str, path: Path, asked: str, locked: str | None) -> Finding:
    """IL144: a package of an imported file that the manifest lists already, ``locked`` at a version it excludes."""
    why = "what is listed already is not imported"
    if locked is not None:
        why += f"; the file asks for {name} {asked}, and the environment has {locked}"
    return Finding(
        code="IL144",
        severity=Severity.NOTE if locked is None else Severity.WARNING,
        what=f"{name} stays as the manifest lists it",
        why=why,
        where=Location(file=str(path)),
        fix="use `interlock env add` to change it",
    )
