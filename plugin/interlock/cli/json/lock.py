"""The document of ``env lock``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.cli.documents.lock import EnvLock, LockedPlatform
    from interlock.project.locking import LockOutcome
    from interlock_hooks.types import LockedEnvironment


def lock_document(path: Path, outcome: LockOutcome) -> EnvLock:
    """The lock at ``path`` by environment and platform, and whether it was written."""
    return {
        "lock": str(path),
        "changed": outcome.changed,
        "environments": [
            {"name": entry.name, "platforms": [_platform(answer.environment) for answer in entry.platforms]}
            for entry in outcome.lock.environments
        ],
    }


def _platform(locked: LockedEnvironment) -> LockedPlatform:
    return {
        "platform": locked.platform,
        "conda": len(locked.conda.records),
        "pypi": len(locked.resolution.packages),
        "builds": [{"name": plan.name, "mode": plan.mode.value} for plan in locked.plans],
    }
