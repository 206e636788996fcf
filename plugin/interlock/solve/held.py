"""The Python distributions inside conda packages, by their own files; remembered, since a package never changes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from interlock.core.files import write_atomic
from interlock.core.paths import cache_dir
from interlock.solve.provided import Held, distributions_in_files

if TYPE_CHECKING:
    from pathlib import Path

    from interlock_hooks.types import CondaRecord


def held_distributions(records: Sequence[CondaRecord]) -> dict[str, Held]:
    """The distributions in each package, by the name of its record. Raises :class:`InterlockError` (IL244)."""
    known = {record.name: _recall(record) for record in records}
    unknown = [record for record in records if known[record.name] is None]
    if unknown:
        from interlock.engines.rattler.package_paths import package_paths

        for record, paths in zip(unknown, package_paths(unknown), strict=True):
            known[record.name] = held = distributions_in_files(paths)
            _remember(record, held)
    return {name: held for name, held in known.items() if held is not None}


def _recall(record: CondaRecord) -> Held | None:
    path = _place(record)
    try:
        found: Held | None = json.loads(path.read_bytes()) if path else None
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _remember(record: CondaRecord, held: Held) -> None:
    path = _place(record)
    if path is not None:
        write_atomic(path, json.dumps(held))


def _place(record: CondaRecord) -> Path | None:
    return cache_dir() / "held" / f"{record.sha256}.json" if record.sha256 else None
