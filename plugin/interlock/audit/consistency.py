"""Compares a prefix with the records of package managers: files, distributions and their requirements."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.audit.findings.records import (
    REPAIR,
    conda_files_lost,
    files_changed,
    files_lost,
    installed_twice,
    project_unmet,
    requirements_unmet,
)
from interlock.core.requirements import Present, unmet_requirements
from interlock.engines.damage import find_damage
from interlock.engines.ownership import conda_claims, installed_claim
from interlock.engines.rattler.prefix_records import record_files
from interlock_hooks.types import Event, Finding, ScopedOverride, Severity

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.utils import NormalizedName

    from interlock.engines.python.distributions import SiteDistribution
    from interlock.engines.python.interpreter import Interpreter

# Conda, and distributors of Linux: they have records of their own.
_NOT_BY_METADATA = ("conda", "")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the project of an environment asks of it, as PEP 508 text.

    ``supplied`` are distributions that conda packages supply, by name and version; not all of them have metadata.
    """

    requirements: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    scoped_overrides: tuple[ScopedOverride, ...] = ()
    supplied: tuple[tuple[NormalizedName, str], ...] = ()


def conda_findings(prefix: Path, *, own: bool = False) -> list[Finding]:
    """IL560 for each conda package with missing files; ``own`` is an environment that Interlock made."""
    found = []
    for name, files in sorted(record_files(prefix).items()):
        # Python recreates missing byte code, and cleaners remove it.
        gone = [file for file in files if not file.endswith(".pyc") and not os.path.lexists(prefix / file)]
        if gone:
            found.append(conda_files_lost(name, gone, len(files), _remedy(name, own=own)))
    return found


def file_findings(installed: Iterable[SiteDistribution], *, own: bool = False) -> list[Finding]:
    """IL561 for each distribution with missing files; ``own`` is an environment that Interlock made.

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
            found.append(files_lost(each.label, gone, len(files), _remedy(each.name, own=own)))
    return found


def content_findings(
    prefix: Path, installed: Iterable[SiteDistribution], *, own: bool, emit: Callable[[Event], None]
) -> list[Finding]:
    """IL564 for each conda package and distribution of which files have other content than it brought.

    They are warnings unless the environment is Interlock's ``own``: tools that move one rewrite the paths in its files.
    """
    mine = [each for each in installed if each.installer not in _NOT_BY_METADATA and each.info.is_relative_to(prefix)]
    owners = [*conda_claims(prefix), *(installed_claim(each, prefix, metadata=True) for each in mine)]
    severity = Severity.ERROR if own else Severity.WARNING
    damage = find_damage(prefix, owners, emit=emit)
    return [
        files_changed(
            each.owner.label, each.changed, len(each.owner.files), severity, _remedy(each.owner.name, own=own)
        )
        for each in damage
        if each.changed
    ]


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


def requirement_findings(
    installed: Sequence[SiteDistribution], interpreter: Interpreter, project: Asked = Asked()
) -> list[Finding]:
    """IL563 for each distribution whose requirements are not met, those of the extras that others ask for included.

    For what conda or a distributor installed it is a warning: there, their own dependencies count. What the ``project``
    asks for comes first.
    """
    here = {each.name: each for each in reversed(installed)}
    present = {name: Present(name, each.version, each.requires) for name, each in here.items()}
    supplied = {name: Present(name, version) for name, version in project.supplied}
    found: dict[NormalizedName | None, list[str]] = {}
    for unmet in unmet_requirements(
        supplied | present, project.requirements, interpreter.markers, project.overrides, project.scoped_overrides
    ):
        state = f"but {unmet.found} is installed" if unmet.found else "which is not installed"
        found.setdefault(unmet.by, []).append(f"{unmet}, {state}")
    return [
        project_unmet(problems) if name is None else _unmet(here[name], problems) for name, problems in found.items()
    ]


def _remedy(name: str, *, own: bool) -> str:
    return REPAIR if own else f"install {name} again with the tool that created the environment"


def _unmet(each: SiteDistribution, problems: Sequence[str]) -> Finding:
    severity = Severity.WARNING if each.installer in _NOT_BY_METADATA else Severity.ERROR
    return requirements_unmet(each.label, problems, severity)
