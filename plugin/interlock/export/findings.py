"""Findings about exported files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from interlock_hooks.types import Finding, Location, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from interlock_hooks.types import BuildPlan, ProvidedDistribution, PyPIPackage

_SHOWN = 3


def without_conda(file: str, supplied: Sequence[ProvidedDistribution]) -> Finding:
    """IL640: the file leaves out distributions that PyPI packages require, because conda supplies them."""
    return Finding(
        code="IL640",
        severity=Severity.WARNING,
        what=f"{file} leaves out {_some([f'{each.name} {each.version}' for each in supplied])}, which conda supplies",
        why="packages in the file require them, and the format has no conda packages",
        fix="install the file into an environment that has them, or export environment-yml or pixi-lock",
    )


def without_plans(file: str, plans: Sequence[BuildPlan], *, for_uv: bool = False) -> Finding:
    """IL641: other tools do not know how these packages have to be built; uv can be told by an option."""
    matched = sorted({name for plan in plans for name in _matched(plan)})
    beside = f" with {_some(matched)}" if matched else " in the environment itself"
    return Finding(
        code="IL641",
        severity=Severity.WARNING,
        what=f"{file} cannot say how to build {_some([plan.name for plan in plans])}",
        why=f"Interlock builds them{beside}, while other tools build in isolation",
        fix="ship the finished environment with `interlock env pack`, or provide the wheels where the file is used"
        + (f", or {_two_steps(plans, matched)}" if for_uv else ""),
    )


def _two_steps(plans: Sequence[BuildPlan], matched: Sequence[str]) -> str:
    first = _some(matched) if matched else "what the builds import"
    options = " ".join(f"--no-build-isolation-package {plan.name}" for plan in plans)
    return f"install {first} with uv first and then the file with `{options}`"


def without_hashes(file: str, packages: Sequence[PyPIPackage]) -> Finding:
    """IL642: a file for pip has hashes for all packages or, as pip wants it, for none."""
    return Finding(
        code="IL642",
        severity=Severity.WARNING,
        what=f"{file} has no hashes of PyPI packages",
        why=f"pip requires a hash for every package as soon as one has a hash, and {_some([p.name for p in packages])} "
        f"{'comes' if len(packages) == 1 else 'come'} from a directory, a repository or an index without hashes",
        fix="export pylock, which has a hash wherever there is one",
    )


def without_pypi(file: str, packages: Sequence[PyPIPackage]) -> Finding:
    """IL643: a list of conda packages leaves out all PyPI packages."""
    return Finding(
        code="IL643",
        severity=Severity.WARNING,
        what=f"{file} leaves out {_some([str(package) for package in packages])} from PyPI",
        why="the format has conda packages only",
        fix="export pylock or requirements as well, and install it into the environment with uv or pip",
    )


def without_activation(file: str, what: str) -> Finding:
    """IL644: the format cannot say all of what activation does."""
    return Finding(
        code="IL644",
        severity=Severity.WARNING,
        what=f"{file} leaves out {what}",
        why="the format has nothing but plain variables",
        fix="do this where the environment is used",
    )


def without_name(file: str, platforms: Sequence[str], subdir: str) -> Finding:
    """IL645: the format has one answer for each conda subdir."""
    return Finding(
        code="IL645",
        what=f"{file} cannot hold the platforms {' and '.join(platforms)} of one environment",
        why=f"the format has one answer for each conda platform, and all of these are {subdir}",
        fix="choose one with --platform",
    )


def no_library(error: ImportError) -> Finding:
    """IL646: the library for this format is not installed."""
    return Finding(
        code="IL646",
        what="the format cyclonedx needs an optional package",
        why=str(error),
        fix="install `interlock[sbom]`",
    )


def unwritable(path: Path, error: OSError) -> Finding:
    """IL647: an exported file or page cannot be written."""
    return Finding(
        code="IL647",
        what=f"{path} cannot be written",
        why=error.strerror or str(error),
        where=Location(file=str(path)),
        fix="choose another file, or check the permissions of its directory and the free disk space",
    )


def outside_of_context(paths: Sequence[str]) -> Finding:
    """IL648: what is outside of the project's directory is not there when an image is built."""
    return Finding(
        code="IL648",
        severity=Severity.WARNING,
        what=f"the Dockerfile cannot copy {_some(paths)}",
        why="an image is built from the files in the project's directory, and the environment uses files outside of it",
        fix="move them into the project's directory, or build with a directory above it and change the paths",
    )


def _matched(plan: BuildPlan) -> list[str]:
    """What the build sees of the environment, as far as it has a name."""
    return [Requirement(entry.requirement).name for entry in plan.requirements if entry.match_runtime]


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    rest = len(names) - _SHOWN
    return shown if rest <= 0 else f"{shown} and {rest} {'other' if rest == 1 else 'others'}"
