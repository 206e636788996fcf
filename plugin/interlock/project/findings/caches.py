"""Findings about the caches that all projects share."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from interlock_hooks.types import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from interlock.builds.store.store import Stored


def unknown_wheel(name: str, stored: Sequence[str]) -> Finding:
    """IL192: the store has no wheel with this name; ``stored`` are the packages that it has wheels of."""
    near = get_close_matches(name, stored, 1)
    return Finding(
        code="IL192",
        what=f"the store has no wheel of {name!r}",
        why=f"it has wheels of {', '.join(stored)}" if stored else "it is empty",
        fix=f"did you mean {near[0]!r}?" if near else "run `interlock cache list` to see its wheels",
    )


def damaged_wheel(stored: Stored) -> Finding:
    """IL580: a stored wheel did not have its hash."""
    entry = stored.entry
    return Finding(
        code="IL580",
        what=f"the stored wheel of {entry.name} {entry.version} was damaged or missing; its entry was removed",
        why=f"{stored.wheel} does not have the hash {entry.sha256}",
        fix="nothing has to be done, it is built again when it is needed; if this happens again, check the disk",
    )


def damaged_packages(path: Path, names: Sequence[str]) -> Finding:
    """IL580: packages of build environments were not as they were installed."""
    what = ", ".join(names) or "byte code, or the list of files"
    return Finding(
        code="IL580",
        what=f"packages for builds in {path} were damaged ({what}) and were removed",
        why="their files are not what was installed",
        fix="nothing has to be done, they are installed again when a build uses them; if this happens again, check the "
        "disk",
    )
