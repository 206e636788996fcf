"""The document of ``env lock``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.json.ran import ran_document

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from interlock.cli.documents.lock import EnvLock, LockedPlatform
    from interlock.project.locking import LockOutcome
    from interlock_hooks.types import CodeStarted, LockedEnvironment


def lock_document(path: Path, outcome: LockOutcome, ran: Iterable[CodeStarted]) -> EnvLock:
    """The lock at ``path`` by environment and platform, whether it was written, and whose code ``ran`` for it."""
    return {
        "lock": str(path),
        "changed": outcome.changed,
        "environments": [
            {"name": entry.name, "platforms": [_platform(answer.environment) for answer in entry.platforms]}
            for entry in outcome.lock.environments
        ],
        "ran": ran_document(ran),
    }


def _platform(locked: LockedEnvironment) -> LockedPlatform:
    return {
        "platform": locked.platform,
        "conda": len(locked.conda.records),
        "pypi": len(locked.resolution.packages),
        "builds": [{"name": plan.name, "mode": plan.mode.value} for plan in locked.plans],
    }
