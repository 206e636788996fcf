"""Compares a prefix with the records of package managers: files, distributions and their requirements."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

from interlock.audit.findings import conda_files_lost, files_lost, installed_twice, requirements_unmet
from interlock.core.markers import holds
from interlock.engines.rattler.prefix_records import record_files
from interlock_hooks.types import Finding, Severity

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.engines.python.distributions import SiteDistribution
    from interlock.engines.python.interpreter import Interpreter

# Conda, and distributors of Linux: they have records of their own.
_NOT_BY_METADATA = ("conda", "")


def conda_findings(prefix: Path) -> list[Finding]:
    """IL560 for each conda package with missing files."""
    found = []
    for name, files in sorted(record_files(prefix).items()):
        # Byte code is made again when it is missed, and cleaners take it away.
        gone = [file for file in files if not file.endswith(".pyc") and not os.path.lexists(prefix / file)]
        if gone:
            found.append(conda_files_lost(name, gone, len(files)))
    return found


def file_findings(installed: Iterable[SiteDistribution]) -> list[Finding]:
    """IL561 for each distribution with missing files.

    Only where an installer is named: what conda installed is in conda's records instead, and distributors who move
    files to other places name none.
    """
    found = []
    for each in installed:
        if each.installer in _NOT_BY_METADATA:
            continue
        files = [file for file in each.files if not file.endswith(".pyc")]
        gone = [file for file in files if not os.path.lexists(each.locate(file))]
        if gone:
            found.append(files_lost(each.label, each.name, gone, len(files)))
    return found


def copy_findings(installed: Sequence[SiteDistribution]) -> list[Finding]:
    """IL562 for each distribution that is installed in two versions."""
    by_name: dict[NormalizedName, dict[str, SiteDistribution]] = {}
    for each in installed:
        by_name.setdefault(each.name, {})[each.version] = each
    return [
        installed_twice(name, {each.version: each.installer for each in copies.values()})
        for name, copies in by_name.items()
        if len(copies) > 1
    ]


def requirement_findings(installed: Sequence[SiteDistribution], interpreter: Interpreter) -> list[Finding]:
    """IL563 for each distribution whose requirements are not met, those of the extras that others ask for included.

    For what conda or a distributor installed it is a warning: there, their own dependencies count.
    """
    here = {each.name: each for each in reversed(installed)}
    unmet: dict[NormalizedName, list[str]] = {}
    waiting: deque[tuple[NormalizedName, str]] = deque((name, "") for name in sorted(here))
    seen: set[tuple[NormalizedName, str]] = set()
    while waiting:
        name, extra = waiting.popleft()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        for requirement in _active(here[name], extra, interpreter.markers):
            needed = canonicalize_name(requirement.name)
            problem = _problem(requirement, here.get(needed))
            if problem:
                unmet.setdefault(name, []).append(problem)
            else:
                waiting.extend((needed, each) for each in sorted(requirement.extras))
    return [_unmet(here[name], problems) for name, problems in unmet.items()]


def _active(each: SiteDistribution, extra: str, markers: Mapping[str, str]) -> list[Requirement]:
    """The requirements of a distribution that hold here: without an extra, or only with it."""
    found = []
    for text in each.requires:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        plain = holds(requirement.marker, {**markers, "extra": ""})
        if plain if not extra else (not plain and holds(requirement.marker, {**markers, "extra": extra})):
            found.append(requirement)
    return found


def _problem(requirement: Requirement, found: SiteDistribution | None) -> str:
    text = f"{requirement.name}{requirement.specifier}"
    if found is None:
        return f"{text}, which is not installed"
    try:
        met = requirement.specifier.contains(Version(found.version), prereleases=True)
    except InvalidVersion:
        return ""
    return "" if met else f"{text}, but {found.version} is installed"


def _unmet(each: SiteDistribution, problems: Sequence[str]) -> Finding:
    severity = Severity.WARNING if each.installer in _NOT_BY_METADATA else Severity.ERROR
    return requirements_unmet(each.label, problems, severity)
