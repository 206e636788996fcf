"""Findings about the plan of a build; each names the lines to change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from interlock_hooks.types import BuildRequirement, Finding, Location, PackageBuildOptions, PyPIPackage, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence


def matched_not_resolved(package: PyPIPackage, entry: BuildRequirement) -> Finding:
    """IL410: a build matches a package that is not in the environment."""
    return Finding(
        code="IL410",
        what=f"the build of {package} has to match {entry.requirement}, which is not in the environment",
        why="match-runtime uses the version in the environment, but no package there requires it",
        where=entry.where,
        fix=f'add "{entry.requirement}" to the dependencies, or remove `match-runtime` to allow any version',
    )


def matched_with_version(package: PyPIPackage, entry: BuildRequirement) -> Finding:
    """IL411: ``match-runtime`` together with a version."""
    return Finding(
        code="IL411",
        what=f"the build requirement {entry.requirement!r} of {package} has both a version and `match-runtime`",
        why="match-runtime already uses the version in the environment",
        where=entry.where,
        fix="put the version on the dependency itself, or remove `match-runtime`",
    )


def contradiction(package: PyPIPackage, entry: BuildRequirement, version: str) -> Finding:
    """IL412: the sdist does not allow the version of a matched package."""
    return Finding(
        code="IL412",
        what=f"{package} cannot be built against {_name(entry)} {version} from the environment",
        why=f"its own build-system.requires says {entry.requirement!r}",
        where=entry.where,
        fix=f"change the dependency so that {_name(entry)} satisfies {entry.requirement!r}, or remove `match-runtime`",
    )


def only_a_wheel(package: PyPIPackage, where: Location | None) -> Finding:
    """IL413: build options for a package that is not built."""
    return Finding(
        code="IL413",
        what=f"the build options of {package.name} have no effect, because {package} is installed from a wheel",
        why=f"the index has {package.artifact.filename or 'a wheel'} for this interpreter and platform",
        where=where,
        fix=f'add "{package.name}" to `no-binary` to build it anyway, or remove the options',
        severity=Severity.WARNING,
    )


def environment_differs(package: PyPIPackage, entry: BuildRequirement, version: str) -> Finding:
    """IL414: a build without isolation uses a version that the sdist does not allow."""
    name = _name(entry)
    return Finding(
        code="IL414",
        what=f"{package} is built with {name} {version}, but declares {entry.requirement!r}",
        why="without isolation the build uses the environment's own version, because the result has to run with it",
        where=entry.where,
        fix=f"if the build fails, change the dependency on {name} so that it satisfies {entry.requirement!r}",
        severity=Severity.WARNING,
    )


def isolated_and_matched(options: PackageBuildOptions, entry: BuildRequirement) -> Finding:
    """IL415: the manifest asks for isolation and for a matched package."""
    return Finding(
        code="IL415",
        what=f"the build of {options.name} is isolated, but has to match {entry.requirement}",
        why="an isolated build sees nothing of the environment",
        where=options.where or entry.where,
        fix='set `mode = "matched"`, or remove `match-runtime`',
    )


def invalid_requirement(package: PyPIPackage, entry: BuildRequirement, why: str) -> Finding:
    """IL416: a build requirement is not valid (PEP 508)."""
    return Finding(
        code="IL416",
        what=f"the build requirement {entry.requirement!r} of {package} is not valid",
        why=why,
        where=entry.where,
        fix="write it like a dependency, for example `numpy>=2`",
    )


def overlay_unsatisfiable(package: PyPIPackage, mode: str, cause: Finding) -> Finding:
    """IL417: the build requirements have no solution; ``cause`` is the resolver's finding."""
    return Finding(
        code="IL417",
        what=f"the build requirements of {package} ({mode}) have no solution",
        why=cause.why or cause.what,
        where=cause.where,
        fix=cause.fix or "check the build requirements, the build constraints and the indexes",
        details=(cause.what, *cause.details),
    )


def tools_unreachable(
    package: PyPIPackage, mode: str, wanted: Sequence[str], at_hand: Sequence[str], cause: Finding
) -> Finding:
    """IL303: build requirements must come from an index that does not respond; ``cause`` says which and why.

    ``at_hand`` are the distributions of the environment that meet all of them, if there are.
    """
    without = f"set `no-build-isolation-package` for {package.name} to build it with {', '.join(at_hand)} from conda"
    return replace(
        cause,
        why=f"the build of {package} ({mode}) requires {', '.join(wanted)} from it; {cause.why}",
        fix=f"{cause.fix}; or {without}" if at_hand else cause.fix,
    )


def _name(entry: BuildRequirement) -> str:
    from packaging.requirements import Requirement

    return Requirement(entry.requirement).name
