"""Findings about what was resolved: its check, the joint solve, dynamic metadata, what was passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.codes import CODE_NOT_ALLOWED, GAVE_UP, NO_JOINT_SOLUTION
from interlock.core.urls import redacted
from interlock_hooks.types import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from interlock_hooks.types import (
        Location,
        Metadata,
        PassedOver,
        PyPIPackage,
        PythonTarget,
        Requirement,
    )

_PIN = "pin one of the packages that differ, or declare the metadata in `[[tool.uv.dependency-metadata]]`"


# -- what was passed over ---------------------------------------------------------------------------------------------


def wheel_unreached(package: PyPIPackage, why: str, line: str) -> Finding:
    """IL314: a source is built since the target is too old for the wheel; ``line`` in the manifest would allow it."""
    return Finding(
        code="IL314",
        severity=Severity.NOTE,
        what=f"{package} is built from source, although there is a wheel",
        why=why,
        fix=f"if all machines have it, declare {line} in the system requirements",
    )


def may_not_run(package: PyPIPackage, requirers: Sequence[str]) -> Finding:
    """IL322: a package could only be had by running its code, for which the manifest does not allow it."""
    by = f"{', '.join(requirers)} requires it, " if len(requirers) == 1 else ""
    by = f"{', '.join(requirers)} require it, " if len(requirers) > 1 else by
    return Finding(
        code=CODE_NOT_ALLOWED,
        what=f"{package} would have to run its code to be built, which the manifest does not allow",
        why=f'{by}no wheel of it fits, and with `allow = "listed"` only listed packages are built from source',
        fix=f"if you trust it, add the table [tool.interlock.build.packages.{package.name}] (it may be empty); "
        "else require a version that has a wheel",
    )


# -- the check of a resolution ----------------------------------------------------------------------------------------


def requirement_violated(by: str, text: str, found: str | None, *, where: Location | None) -> Finding:
    """IL321: a requirement is not met, of the package ``by`` or, if that is empty, of the project."""
    has = f"has version {found}" if found else "does not have it"
    return _violated(f"{by or 'the project'} requires {redacted(text)}, but the resolution {has}", where)


def constraint_violated(text: str, package: str) -> Finding:
    """IL321: a package is outside of a constraint."""
    return _violated(f"the resolution has {package}, outside of the constraint {text}")


def origin_violated(requirement: Requirement, package: PyPIPackage) -> Finding:
    """IL321: a package does not come from the URL that the project names."""
    text = redacted(requirement.text)
    return _violated(
        f"the project requires {text}, but the resolution has it from {redacted(package.artifact.url)}",
        requirement.where,
    )


def provided_violated(package: PyPIPackage) -> Finding:
    """IL321: a package is resolved that conda supplies."""
    return _violated(f"the resolution has {package}, although conda supplies {package.name}")


def supplied_violated() -> Finding:
    """IL321: a resolution has other distributions of conda's than the request."""
    return _violated("the resolution changes what conda supplies")


def artifact_violated(package: PyPIPackage, python: PythonTarget) -> Finding:
    """IL321: a wheel is for another interpreter, platform or package."""
    target = f"{python} on {python.platform}"
    return _violated(f"{package.artifact.filename} is not a wheel of {package} for {target}")


def python_violated(package: PyPIPackage, needed: str, python: PythonTarget) -> Finding:
    """IL321: a package does not allow the interpreter."""
    return _violated(f"{package} requires Python {needed}, but the interpreter is Python {python.version}")


def _violated(what: str, where: Location | None = None) -> Finding:
    return Finding(
        code="IL321",
        what=what,
        why="every resolution is checked before it is locked; this one is wrong, so the lock was not written",
        where=where,
        fix="this is a bug in the resolver or in Interlock: report it with the manifest",
    )


# -- the joint solve --------------------------------------------------------------------------------------------------


def no_joint_solution(conda: Finding, pypi: Finding, excluded: Iterable[str]) -> Finding:
    """IL330: neither side can change; ``excluded`` are the versions that conda may not use, with the reasons."""
    return Finding(
        code=NO_JOINT_SOLUTION,
        what=f"{conda.what} under the requirements of the PyPI packages",
        why=pypi.why,
        where=pypi.where or conda.where,
        fix=pypi.fix,
        details=("PyPI:", *pypi.details, "conda has no other versions that fit:", *excluded, *conda.details),
    )


def gave_up(last: Finding) -> Finding:
    """IL331: too many rounds; ``last`` is the conflict of the last one."""
    return Finding(
        code=GAVE_UP,
        what="gave up looking for a joint solution of conda and PyPI packages",
        why=f"every conda solution led to a conflict among the PyPI packages; the last one: {last.why}",
        where=last.where,
        fix="narrow the ranges of the packages that both ecosystems have, so that there are fewer combinations",
        details=last.details,
    )


def other_version(name: str, before: str, after: str | None, reasons: Sequence[str]) -> Finding:
    """IL332: conda supplies another version than ``before``, or PyPI does (``after`` is ``None``)."""
    what = f"conda supplies {name} {after}, not {before}" if after else f"PyPI supplies {name}, not conda"
    return Finding(
        code="IL332",
        what=what,
        why="; ".join(reasons),
        fix=f"to make this explicit, add it to the {'conda' if after else 'PyPI'} dependencies",
        severity=Severity.NOTE,
    )


def other_python(before: str, after: str, reasons: Sequence[str]) -> Finding:
    """IL333: PyPI packages changed the version of the interpreter."""
    return Finding(
        code="IL333",
        what=f"the interpreter is Python {after}, not {before}",
        why="; ".join(reasons),
        fix="to make this explicit, add it to requires-python or the conda dependencies",
        severity=Severity.NOTE,
    )


def supplied_for_pypi(name: str, version: str) -> Finding:
    """IL334: conda supplies a distribution that only PyPI packages require."""
    return Finding(
        code="IL334",
        what=f"conda supplies {name} {version}, although the manifest does not ask conda for it",
        why="PyPI packages require it, and no package index has a version that fits",
        fix="to make this explicit, add it to the conda dependencies",
        severity=Severity.NOTE,
    )


# -- dynamic metadata -------------------------------------------------------------------------------------------------


def other_metadata(package: PyPIPackage, metadata: Metadata) -> Finding:
    """IL480: the backend of a package returned metadata of another name or version."""
    return Finding(
        code="IL480",
        what=f"the build backend of {package} returned the metadata of {metadata.name} {metadata.version}",
        why="its name and version have to be those of the package that was resolved",
        fix=f"require {metadata.name} instead, or set the build variables that make it {package}",
    )


def cannot_be_used(entry: PassedOver, taken: PyPIPackage | None) -> Finding:
    """IL484: a version that its backend, or the interpreter, keeps from being used; ``taken`` is used instead."""
    return Finding(
        code="IL484",
        severity=Severity.WARNING,
        what=f"{entry} cannot be used" + ("" if taken is None else f"; {taken} is used instead"),
        why=entry.why,
        fix=f"to keep Interlock from trying it, exclude it: {entry.constraint}",
    )


def metadata_cycle(rounds: int, start: int, differences: Sequence[str]) -> Finding:
    """IL481: the state after ``rounds`` is that of the round ``start``."""
    return Finding(
        code="IL481",
        what="dynamic metadata and the resolution depend on each other in a cycle",
        why=f"after {rounds} rounds the resolution is back where it was in round {start}: each resolution makes a "
        "build backend return metadata that leads to the other",
        fix=_PIN,
        details=tuple(differences),
    )


def metadata_unsettled(rounds: int, differences: Sequence[str]) -> Finding:
    """IL482: metadata and resolution still change after ``rounds``."""
    return Finding(
        code="IL482",
        what=f"dynamic metadata still changed after {rounds} rounds",
        why="each resolution made a build backend return different metadata",
        fix=_PIN,
        details=tuple(differences),
    )
