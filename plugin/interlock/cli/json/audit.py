"""The documents of ``audit`` and ``env doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.urls import redacted
from interlock_hooks.types import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from interlock.audit.doctor import Examination
    from interlock.cli.documents import audit as documents
    from interlock.cli.documents.audit import Advisories, Audit, EnvDoctor, KnownAdvisory
    from interlock.project.advisories import Advised, Concern
    from interlock.project.attestations import Attestations, Attested
    from interlock.project.examining import AuditedWheel


def audit_document(prefix: Path, wheels: Iterable[AuditedWheel]) -> Audit:
    """Which wheels fit the environment."""
    return {"prefix": str(prefix), "wheels": [{"wheel": wheel.name, "fits": wheel.fits} for wheel in wheels]}


def advisories_document(found: Advised) -> Advisories:
    """What is known of the packages in the lock."""
    return {
        "database": redacted(found.database),
        "checked": found.checked,
        "unchecked": list(found.unchecked),
        "advisories": [_advisory(concern) for concern in found.concerns],
    }


def attestations_document(found: Attestations) -> documents.Attestations:
    """Who has signed the files in the lock."""
    return {"files": [_attested(each) for each in found.files], "unchecked": list(found.unchecked)}


def _attested(found: Attested) -> documents.AttestedFile:
    artifact = found.package.artifact
    return {
        "package": found.package.name,
        "version": found.package.version,
        "file": artifact.filename or "",
        "sha256": artifact.sha256 or "",
        "environments": list(found.environments),
        "state": found.state,
        "publishers": [
            {"kind": each.kind, "identity": each.identity, "workflow": each.workflow} for each in found.publishers
        ],
        "why": redacted(found.why) or None,
    }


def _advisory(concern: Concern) -> KnownAdvisory:
    advisory = concern.advisory
    return {
        "id": advisory.id,
        "aliases": list(advisory.aliases),
        "summary": advisory.summary,
        "package": advisory.name,
        "version": advisory.version,
        "fixed": list(advisory.fixed),
        "required_by": list(concern.required_by),
        "environments": list(concern.environments),
        "ignored": None if concern.ignored is None else concern.ignored.reason,
    }


def doctor_document(found: Examination) -> EnvDoctor:
    """What was looked at, and how much was found."""
    return {
        "prefix": str(found.prefix),
        "python": found.python,
        "checked": found.checked,
        "errors": found.count(Severity.ERROR),
        "warnings": found.count(Severity.WARNING),
    }
