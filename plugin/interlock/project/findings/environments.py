"""Findings about environments: whether they are installed, for which machines, and what uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock_hooks.types import Finding, Location, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from interlock_hooks.types import SystemRequirement, VirtualPackage


def not_installed(name: str, prefix: Path) -> Finding:
    """IL692: there is no prefix."""
    return Finding(
        code="IL692",
        what=f"environment {name} is not installed",
        why=f"there is no prefix at {prefix}",
        fix="run `interlock env install`",
    )


def half_made(name: str, prefix: Path) -> Finding:
    """IL692: the last install did not end."""
    return Finding(
        code="IL692",
        what=f"environment {name} is not completely installed",
        why=f"an install into {prefix} was interrupted, failed, or is under way",
        fix="run `interlock env install`, which goes on with it",
    )


def not_from_a_lock(prefix: Path, why: str) -> Finding:
    """IL683: no lock says what is in a prefix."""
    return Finding(
        code="IL683",
        what=f"no interlock.lock describes the environment in {prefix}",
        why=why,
        where=Location(file=str(prefix)),
        fix="install it with Interlock, and export it then",
    )


def would_break(prefix: Path, reasons: Sequence[str]) -> Finding:
    """IL682: another tool is about to change what PyPI packages rely on."""
    return Finding(
        code="IL682",
        what=f"this change would break packages that Interlock installed in {prefix}",
        why="they were resolved and built for the conda packages that are there",
        where=Location(file=str(prefix)),
        details=tuple(reasons),
        fix="change the manifest and install it again, or set CONDA_PLUGINS_INTERLOCK_GUARD=false to do it anyway",
    )


def no_platform_here(
    name: str,
    missing: Mapping[str, Sequence[SystemRequirement]],
    machine: Mapping[str, VirtualPackage],
    where: Location | None,
) -> Finding:
    """IL694: of the platforms for machines like this one, each asks for something that it does not have."""

    def told(requirement: SystemRequirement) -> str:
        found = machine.get(requirement.name)
        has = f"{found.version} {found.build}".removesuffix(" 0") if found else "none"
        return f"{requirement.name} {requirement.version} (here: {has})"

    return Finding(
        code="IL694",
        what=f"this machine can use none of the platforms of environment {name}",
        why="; ".join(f"{platform} asks for {', '.join(map(told, asked))}" for platform, asked in missing.items()),
        where=where,
        fix=f"add a platform that asks for less, or choose one with `--platform {next(iter(missing))}`",
    )


def other_platform(name: str, platform: str, subdir: str) -> Finding:
    """IL694: a platform was chosen that is for other machines."""
    return Finding(
        code="IL694",
        what=f"environment {name} cannot be installed for {platform} on this machine",
        why=f"{platform} is a platform for {subdir}",
        fix="choose a platform for this machine; `interlock env lock` locks all of them",
    )


def unused_by_editor(name: str, settings: str, line: str) -> Finding:
    """IL695: VS Code is used in this project, and not told of the environment."""
    return Finding(
        code="IL695",
        severity=Severity.NOTE,
        what=f"VS Code is not set up to use environment {name}",
        why=f"{settings} does not name an interpreter",
        fix=f"add {line}",
    )


def not_ours(prefix: Path) -> Finding:
    """IL691: a directory among the environments that is not a conda prefix."""
    return Finding(
        code="IL691",
        what=f"{prefix} was not removed",
        why="it contains files but is not a conda prefix",
        fix="inspect the directory and remove it by hand",
    )


def unknown_program(program: str, environment: str) -> Finding:
    """IL191: the program is not in the environment, nor on ``PATH``."""
    return Finding(
        code="IL191",
        what=f"{program!r} is not a program of environment {environment}",
        why="it is neither in the environment nor on PATH",
        fix="add the package that contains it to the manifest, or correct the name",
    )


def unknown_tool(program: str, environment: str) -> Finding:  # noqa: ARG001 - as unknown_program
    """IL191: the program is not in a throw-away environment, nor on ``PATH``."""
    return Finding(
        code="IL191",
        what=f"the packages that were asked for do not contain {program!r}",
        why="it is neither in the throw-away environment nor on PATH",
        fix=f"name the package that contains it: interlock env exec -w SPEC -- {program}",
    )
