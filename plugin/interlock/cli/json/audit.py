"""The documents of ``audit`` and ``env doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock_hooks.types import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from interlock.audit.doctor import Examination
    from interlock.cli.documents.audit import Audit, EnvDoctor
    from interlock.project.examining import AuditedWheel


def audit_document(prefix: Path, wheels: Iterable[AuditedWheel]) -> Audit:
    """Which wheels fit the environment."""
    return {"prefix": str(prefix), "wheels": [{"wheel": wheel.name, "fits": wheel.fits} for wheel in wheels]}


def doctor_document(found: Examination) -> EnvDoctor:
    """What was looked at, and how much was found."""
    return {
        "prefix": str(found.prefix),
        "python": found.python,
        "checked": found.checked,
        "errors": found.count(Severity.ERROR),
        "warnings": found.count(Severity.WARNING),
    }
