"""The document of ``env outdated``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from interlock.project.outdated import OutdatedEnvironment


def outdated_document(environments: Iterable[OutdatedEnvironment]) -> dict[str, Any]:
    """What could be newer in each environment; ``update`` and ``upgrade`` are null where a package would go."""
    return {
        "environments": [
            {
                "environment": each.environment,
                "platform": each.platform,
                "packages": [asdict(package) for package in each.packages],
            }
            for each in environments
        ]
    }
