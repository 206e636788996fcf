"""The document of ``env outdated``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.json.ran import ran_document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from interlock.cli.documents import outdated as documents
    from interlock.project.outdated import OutdatedEnvironment, OutdatedPackage
    from interlock_hooks.types import CodeStarted


def outdated_document(environments: Iterable[OutdatedEnvironment], ran: Iterable[CodeStarted]) -> documents.EnvOutdated:
    """What could be newer in each environment; ``update`` and ``upgrade`` are null where a package would go."""
    return {
        "environments": [
            {
                "environment": each.environment,
                "platform": each.platform,
                "packages": [_package(package) for package in each.packages],
            }
            for each in environments
        ],
        "ran": ran_document(ran),
    }


def _package(package: OutdatedPackage) -> documents.OutdatedPackage:
    return {
        "name": package.name,
        "ecosystem": package.ecosystem,
        "direct": package.direct,
        "locked": package.locked,
        "update": package.update,
        "upgrade": package.upgrade,
    }
