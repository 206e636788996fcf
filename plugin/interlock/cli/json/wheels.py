"""The documents of ``wheels build`` and ``wheels publish``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.json.ran import ran_document
from interlock.core.urls import without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterable

    from interlock.cli.documents.wheels import FarmWheel, WheelsBuild, WheelsPublish
    from interlock.project.farm.results import Farm, Row
    from interlock.project.publishing import Publication
    from interlock_hooks.types import CodeStarted


def build_document(environment: str, found: Farm, *, dry_run: bool, ran: Iterable[CodeStarted]) -> WheelsBuild:
    """What was built, or would be."""
    return {
        "environment": environment,
        "dry_run": dry_run,
        "combinations": found.combinations,
        "builds": found.builds,
        "wheels": [_farm_wheel(row) for row in found.rows],
        "ran": ran_document(ran),
    }


def _farm_wheel(row: Row) -> FarmWheel:
    return {
        "combination": dict(row.combination),
        "name": row.name,
        "version": row.version,
        "status": row.status,
        "seconds": None if row.seconds is None else round(row.seconds, 3),
        "wheel": str(row.wheel.path) if row.wheel else None,
        "sha256": row.wheel.sha256 if row.wheel else None,
        "log": row.log,
        "codes": [each.code for each in row.failure],
        "why": row.why,
    }


def publish_document(environment: str, found: Publication) -> WheelsPublish:
    """What is published now."""
    return {
        "environment": environment,
        "place": without_credentials(found.place),
        "wheels": [
            {"filename": each.file.name, "sha256": each.kept or each.sha256, "added": each.kept is None}
            for each in found.files
        ],
    }
