"""The document of ``wheels publish``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.urls import without_credentials

if TYPE_CHECKING:
    from interlock.cli.documents.wheels import WheelsPublish
    from interlock.project.publishing import Publication


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
