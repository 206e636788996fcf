"""Findings about what package managers recorded; ``label`` is the name and version of a package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.counting import counted, listed
from interlock_hooks.types import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_FILES = 5
REPAIR = "run `interlock env install --repair`"


def conda_files_lost(name: str, gone: Sequence[str], total: int, fix: str) -> Finding:
    """IL560: files of a conda package are gone."""
    return Finding(
        code="IL560",
        what=f"the conda package {name} has lost {len(gone)} of its {total} files",
        why="another tool, such as pip, removed or replaced them, or an install was interrupted",
        fix=fix,
        details=listed(gone, _MOST_FILES),
    )


def files_lost(label: str, gone: Sequence[str], total: int, fix: str) -> Finding:
    """IL561: recorded files of a distribution are gone."""
    return Finding(
        code="IL561",
        what=f"{label} has lost {len(gone)} of its {total} files",
        why="another tool removed or replaced them, or an install was interrupted",
        fix=fix,
        details=listed(gone, _MOST_FILES),
    )


def files_changed(label: str, changed: Sequence[str], total: int, severity: Severity, fix: str) -> Finding:
    """IL564: recorded files of a package have other content."""
    return Finding(
        code="IL564",
        what=f"{len(changed)} of the {total} files of {label} {'have' if len(changed) > 1 else 'has'} changed",
        why="they are not what the package says it brought: someone edited them, another tool replaced them, or its "
        "list of files is wrong",
        fix=fix,
        severity=severity,
        details=listed(changed, _MOST_FILES),
    )


def installed_twice(name: str, installers: dict[str, str]) -> Finding:
    """IL562: several versions of a distribution are installed; ``installers`` names the tool for each version."""
    return Finding(
        code="IL562",
        what=f"{name} is installed {len(installers)} times: {', '.join(installers)}",
        why="two tools installed it one after the other, and their files overwrite each other, so no copy is complete",
        fix=f"uninstall {name} with both tools, then install it with one of them",
        details=tuple(f"{version} by {installer or 'an unknown tool'}" for version, installer in installers.items()),
    )


def requirements_unmet(label: str, problems: Sequence[str], severity: Severity) -> Finding:
    """IL563: requirements of a distribution are not met; each problem begins with the requirement."""
    return Finding(
        code="IL563",
        what=_not_met(label, problems),
        why="a package was installed, upgraded or removed without checking the requirements of the others",
        fix="install the missing packages, in the versions above",
        severity=severity,
        details=tuple(f"needs {problem}" for problem in dict.fromkeys(problems)),
    )


def project_unmet(problems: Sequence[str]) -> Finding:
    """IL563: requirements of the manifest are not met; each problem begins with the requirement."""
    return Finding(
        code="IL563",
        what=_not_met("the manifest", problems),
        why="the environment was changed by another program, or the manifest was changed since the last install",
        fix="run `interlock env install`",
        details=tuple(f"needs {problem}" for problem in dict.fromkeys(problems)),
    )


def _not_met(label: str, problems: Sequence[str]) -> str:
    return f"{counted(len(problems), 'requirement')} of {label} {'is' if len(problems) == 1 else 'are'} not met"
