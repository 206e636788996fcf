"""Findings about attestations of locked files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.counting import counted
from interlock.core.urls import redacted
from interlock_hooks.types import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interlock_hooks.types import PyPIPackage


def attestation_invalid(package: PyPIPackage, why: str) -> Finding:
    """IL585: an attestation of a locked file does not hold."""
    return Finding(
        code="IL585",
        what=f"an attestation of {package.artifact.filename} does not hold",
        why=why,
        fix=f"do not install {package} before you know why: ask its authors. A release of sigstore that is too old to "
        "know a key says so as well",
    )


def attestations_unknown(reasons: Sequence[tuple[str, str]]) -> Finding:
    """IL586: indexes could not be asked for attestations of some files."""
    return Finding(
        code="IL586",
        what=f"the attestations of {counted(len(reasons), 'file')} are not known",
        why="their indexes could not be asked, or do not list them",
        fix="check the network, and run the command again",
        details=tuple(f"{name}: {redacted(why)}" for name, why in reasons),
    )


def attestations_library_missing(why: str) -> Finding:
    """IL587: pypi-attestations is not installed."""
    return Finding(
        code="IL587",
        what="verifying attestations needs an optional package",
        why=why,
        fix="install `interlock[attestations]`",
    )


def trust_not_refreshed(why: str) -> Finding:
    """IL588: newer keys of Sigstore's could not be fetched."""
    return Finding(
        code="IL588",
        severity=Severity.WARNING,
        what="attestations were verified with the keys of Sigstore that this machine has, which may not be the newest",
        why=redacted(why),
        fix="nothing, if all of them hold",
    )
