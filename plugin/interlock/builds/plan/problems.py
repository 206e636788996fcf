"""What can be wrong with the plan of a build, said so that the user knows which lines to change."""

from __future__ import annotations

from interlock_hooks.types import BuildRequirement, Finding, Location, PackageBuildOptions, PyPIPackage, Severity


def matched_not_resolved(package: PyPIPackage, entry: BuildRequirement) -> Finding:
    """A build is to match a package that the environment will not hold."""
    return Finding(
        code="IL410",
        what=f"the build of {package} is to match {entry.requirement}, which is not in the environment",
        why="match-runtime takes the version that was resolved for the environment, and nothing there needs it",
        where=entry.where,
        fix=f'add "{entry.requirement}" to the dependencies, or drop `match-runtime` so that any version may be used',
    )


def matched_with_version(package: PyPIPackage, entry: BuildRequirement) -> Finding:
    """``match-runtime`` together with a version."""
    return Finding(
        code="IL411",
        what=f"the build requirement {entry.requirement!r} of {package} has a version and `match-runtime`",
        why="the version is that of the environment, so a second one can only be redundant or wrong",
        where=entry.where,
        fix="put the version on the dependency itself, or drop `match-runtime`",
    )


def contradiction(package: PyPIPackage, entry: BuildRequirement, version: str) -> Finding:
    """A matched package has a version that the sdist itself refuses."""
    return Finding(
        code="IL412",
        what=f"{package} cannot be built against {_name(entry)} {version}, the version of the environment",
        why=f"its own build-system.requires says {entry.requirement!r}",
        where=entry.where,
        fix=f"change the dependency so that {_name(entry)} satisfies {entry.requirement!r}, or drop `match-runtime`",
    )


def only_a_wheel(package: PyPIPackage, where: Location | None) -> Finding:
    """Build options for a package that is not built."""
    return Finding(
        code="IL413",
        what=f"the build options of {package.name} have no effect: {package} is installed from a wheel",
        why=f"the index has {package.artifact.filename or 'a wheel'} for this interpreter and platform",
        where=where,
        fix=f'to build it anyway, add "{package.name}" to `no-binary`; else remove the options',
        severity=Severity.WARNING,
    )


def environment_differs(package: PyPIPackage, entry: BuildRequirement, version: str) -> Finding:
    """Without isolation, the environment's version is used although the sdist declares another."""
    name = _name(entry)
    return Finding(
        code="IL414",
        what=f"{package} is built with {name} {version} although it declares {entry.requirement!r}",
        why="without isolation the environment's own version is used, since the result has to run with it",
        where=entry.where,
        fix=f"if the build fails, change the dependency on {name} so that it satisfies {entry.requirement!r}",
        severity=Severity.WARNING,
    )


def isolated_and_matched(options: PackageBuildOptions, entry: BuildRequirement) -> Finding:
    """The manifest asks for isolation and for a matched package."""
    return Finding(
        code="IL415",
        what=f"{options.name} is to be built isolated and to match {entry.requirement}",
        why="an isolated build sees nothing of the environment",
        where=options.where or entry.where,
        fix='set `mode = "matched"`, or drop `match-runtime`',
    )


def invalid_requirement(package: PyPIPackage, entry: BuildRequirement, why: str) -> Finding:
    """A build requirement that is not PEP 508."""
    return Finding(
        code="IL416",
        what=f"the build requirement {entry.requirement!r} of {package} is not valid",
        why=why,
        where=entry.where,
        fix="write it like a dependency, for example `numpy>=2`",
    )


def overlay_unsatisfiable(package: PyPIPackage, mode: str, cause: Finding) -> Finding:
    """No set of packages satisfies the build requirements."""
    return Finding(
        code="IL417",
        what=f"the build requirements of {package} ({mode}) cannot be satisfied",
        why=cause.why or cause.what,
        where=cause.where,
        fix=cause.fix or "check the build requirements, the build constraints and the indexes",
        details=(cause.what, *cause.details),
    )


def _name(entry: BuildRequirement) -> str:
    from packaging.requirements import Requirement

    return Requirement(entry.requirement).name
