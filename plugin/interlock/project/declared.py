"""The environments that a manifest declares, at the cost of reading it and nothing else."""

from __future__ import annotations

from pathlib import Path

from interlock.manifest import find_manifest, load
from interlock_hooks.types import InterlockError


def declared_environments(manifest_path: str | None) -> list[str]:
    """The names of the environments of the project; none where there is no manifest, or a broken one."""
    try:
        return list(load(find_manifest(Path(manifest_path or "."))).environments)
    except (InterlockError, OSError):
        return []
