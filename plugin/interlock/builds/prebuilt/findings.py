"""Findings about prebuilt wheels. None of them stops a build, unless nothing may be built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.counting import listed
from interlock.core.urls import shown
from interlock_hooks.types import Finding, PrebuiltSource, PyPIPackage, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from interlock_hooks.types import BuildPlan, Location


def unlisted(package: PyPIPackage, source: PrebuiltSource, why: str) -> Finding:
    """IL432: a source of prebuilt wheels cannot be read."""
    return Finding(
        code="IL432",
        what=f"the prebuilt wheels of {package} in {shown(source.url)} cannot be listed",
        why=why,
        where=source.where,
        fix="check the address and the network",
        severity=Severity.WARNING,
    )


def undescribed(package: PyPIPackage, source: PrebuiltSource, why: str) -> Finding:
    """IL432: a file that says what the labels of wheel variants stand for cannot be read."""
    return Finding(
        code="IL432",
        what=f"the wheel variants of {package} in {shown(source.url)} are left out",
        why=f"what their labels stand for cannot be read: {why}",
        where=source.where,
        fix="check the network, or ask its publisher to mend the file; wheels without a label count all the same",
        severity=Severity.WARNING,
    )


def none_fits(package: PyPIPackage, refused: Mapping[str, str], where: Location | None, *, listed_all: bool) -> Finding:
    """IL434: nothing may be built, and none of the prebuilt wheels fits; ``refused`` says why, by file name."""
    reasons = ["each wheel of this version is left out for the reason beside its name"] if refused else []
    if not listed_all:
        reasons.append("not all of its sources could be read")
    return Finding(
        code="IL434",
        what=f"no prebuilt wheel of {package} fits, and it may not be built",
        why=", and ".join(reasons) or "its sources have no wheel of this version",
        where=where,
        fix='require versions for which there is a wheel, add a source, or remove `prebuilt = "only"`',
        details=listed(f"{name}: {why}" for name, why in refused.items()),
    )


def untrusted(package: PyPIPackage, refused: Mapping[str, str], where: Location | None) -> Finding:
    """IL435: wheels that would fit are not those of somebody who is trusted; ``refused`` says why, by file name."""
    return Finding(
        code="IL435",
        what=f"no prebuilt wheel of {package} is trusted",
        why="what `trust` of its source asks for is missing or wrong in each that would fit",
        where=where,
        fix="nothing: it is built from its source; if the builder is to be trusted, add that key to `trust`",
        details=listed(f"{name}: {why}" for name, why in refused.items()),
        severity=Severity.WARNING,
    )


def not_trusted(plan: BuildPlan, filename: str, why: str) -> Finding:
    """IL433: no key that the source has to have vouches for the locked wheel."""
    return Finding(code="IL433", what=f"no trusted key vouches for {filename} of {plan.package}: {why}", why=why)


def unreadable(plan: BuildPlan, filename: str, why: str) -> Finding:
    """IL433: the locked prebuilt wheel is not a wheel of the package."""
    return Finding(code="IL433", what=f"{filename} is not a wheel of {plan.package}", why=why)


def unfit(plan: BuildPlan, filename: str, finding: Finding, where: Location | None) -> Finding:
    """IL433: the locked prebuilt wheel cannot be used, as ``finding`` says; the sdist is built if it may be."""
    return Finding(
        code="IL433",
        what=f"the prebuilt wheel {filename} cannot be used",
        why=finding.what,
        where=where,
        fix="remove its source from `prebuilt`, or require versions for which there is a wheel"
        if plan.only_prebuilt
        else f"nothing: {plan.package} is built from its source instead",
        details=finding.details,
        severity=Severity.ERROR if plan.only_prebuilt else Severity.WARNING,
    )
