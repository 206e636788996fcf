"""Versions that are skipped, mostly because their build backend fails to produce metadata.

A resolver walks back to ancient sdists when these do not say what newer releases say: numba's newest release wants an
older numpy, and a release of years ago has no such bound, and no setup.py that still runs. Without it, the newest pair
that works is found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from interlock.resolve.findings import cannot_be_used
from interlock_hooks.types import InterlockError, PassedOver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from interlock_hooks.types import Finding, PyPIPackage, PyPIRequest, Resolution

# How many versions are tried before the first failure counts; each one can cost a build environment.
EXCLUSION_LIMIT = 5


class UnusableSourceError(InterlockError):
    """A backend cannot tell the metadata of its package; that of another version may."""


def may_exclude(package: PyPIPackage, failure: InterlockError, request: PyPIRequest) -> bool:
    """Whether another version may do: not of a URL or a tree, nor where the project asks for exactly this one."""
    if not isinstance(failure, UnusableSourceError) or package.artifact.kind != "sdist":
        return False
    texts = (*(entry.text for entry in request.requirements), *request.constraints, *request.overrides)
    own = [entry for entry in map(Requirement, texts) if canonicalize_name(entry.name) == package.name]
    return not any(entry.url or _is_exact(entry) for entry in own)


def exclusion(package: PyPIPackage, failure: InterlockError, resolution: Resolution) -> PassedOver:
    """The version of ``package``, with all older ones if the resolver had walked back to it from a newer release."""
    finding = failure.findings[0]
    return PassedOver(
        name=package.name,
        version=package.version,
        why=f"its metadata is not available: {finding.why or finding.what}",
        older=any(entry.name == package.name for entry in resolution.passed_over),
    )


def left_out(resolution: Resolution) -> Iterator[Finding]:
    """A warning (IL484) about each version that was left out."""
    for entry in resolution.passed_over:
        taken = resolution.get(entry.name)
        # A newer version that does not fit is nothing to warn of, nor is a wheel of the version that is used.
        if entry.needs is None and (taken is None or taken.version != entry.version):
            yield cannot_be_used(entry, taken)


def kept(old: Resolution, new: Resolution) -> Iterator[PassedOver]:
    """Of the versions that an earlier resolution passed over, those that are still passed over for the same reason.

    Versions of an earlier lock are preferred, so that newer ones are not even looked at.
    """
    known = {entry.name for entry in new.passed_over}
    for entry in old.passed_over:
        involved = [entry.name, *([Requirement(entry.needs).name] if entry.needs else [])]
        if entry.name not in known and all(_version(old, name) == _version(new, name) for name in involved):
            yield entry


def _version(resolution: Resolution, name: str) -> str | None:
    found = resolution.get(name) or resolution.get_provided(name)
    return None if found is None else found.version


def _is_exact(requirement: Requirement) -> bool:
    return any(
        each.operator == "===" or (each.operator == "==" and not each.version.endswith(".*"))
        for each in requirement.specifier
    )
