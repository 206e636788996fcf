"""Findings that several rooms make."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.core.codes import NOT_CACHED, WRONG_HASH
from interlock.core.counting import counted
from interlock.core.offline import running_command, switched_off
from interlock.core.urls import redacted
from interlock_hooks.types import Finding, Missing

if TYPE_CHECKING:
    from collections.abc import Sequence


def unknown_platform(name: str, known: Sequence[str]) -> Finding:
    """IL213: conda has no such platform, or no packages for it; ``known`` are those that it has packages for."""
    import difflib

    close = difflib.get_close_matches(name, known, n=1)
    return Finding(
        code="IL213",
        what=f"conda has no packages for the platform {name!r}",
        fix=f"did you mean {close[0]}?" if close else f"use one of {', '.join(known)}",
    )


def wrong_hash(what: str, why: str = "", details: Sequence[str] = ()) -> Finding:
    """IL501: a file does not have the hash in the lock; ``what`` names the file."""
    return Finding(
        code=WRONG_HASH,
        what=f"{what} does not have the hash in the lock",
        why=why or "the file was changed at its source, or was damaged on its way",
        fix="if the change is expected, `interlock env update NAME` takes the new file; else do not trust the source",
        details=tuple(details),
    )


def served_another(name: str, address: str, *, expected: str, found: str) -> Finding:
    """IL501: the file at an address has another SHA-256 than the lock."""
    why = f"{redacted(address)} has the sha256 {found}, but the lock has {expected}"
    return wrong_hash(name, why)


def not_cached(missing: Sequence[Missing], details: Sequence[str] = ()) -> Finding:
    """IL650: with the network switched off, what is needed is in no cache; ``details`` are the words of an engine."""
    found = tuple(dict.fromkeys(missing))
    is_or_are = "is" if len(found) == 1 else "are"
    return Finding(
        code=NOT_CACHED,
        what=f"{counted(len(found), 'thing')} that {running_command()} needs {is_or_are} in no cache",
        why=f"{switched_off()}, so only caches and local files count",
        fix=f"run {running_command()} once with a network; what it fetches is kept for the next time",
        details=(*map(str, found), *details),
        missing=found,
    )


def not_cached_for(package: str, finding: Finding) -> Finding:
    """IL650 again, of what the build of a package lacks."""
    missing = [each if each.needed_by else replace(each, needed_by=package) for each in finding.missing]
    return not_cached(missing, finding.details[len(missing) :])


# The names of environments have no blanks.
_GROUP = "solve group "


def group_label(group: str) -> str:
    """What a request for a whole solve group is called, in place of the name of an environment."""
    return f"{_GROUP}{group}"


def titled(label: str) -> str:
    """An environment or a solve group in a sentence, by the name of its request."""
    return label if label.startswith(_GROUP) else f"environment {label}"


def conda_conflict(environment: str, platform: str) -> str:
    """The sentence for a conda request without a solution."""
    return f"the conda packages of {titled(environment)} cannot be installed together on {platform}"


def pypi_conflict(environment: str) -> str:
    """The sentence for PyPI requirements without a solution."""
    return f"the PyPI requirements of {titled(environment)} have no solution"
