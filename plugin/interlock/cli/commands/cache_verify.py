"""``cache verify``: check stored wheels against their hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.builds.store.store import default_store
from interlock_hooks.types import Finding, InterlockError

if TYPE_CHECKING:
    import argparse

    from interlock.builds.store.store import Stored
    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:  # noqa: ARG001 - every command has the same signature
    """Remove damaged wheels. Raises :class:`InterlockError` (IL580) when there were any, one finding for each."""
    store = default_store()
    damaged = store.verify()
    if damaged:
        raise InterlockError(*(_damaged(stored) for stored in damaged))
    number = sum(stored.wheel is not None for stored in store.entries())
    output.document({"store": str(store.root), "verified": number})
    output.line(f"all {number} wheels in {store.root} are intact")
    return 0


def _damaged(stored: Stored) -> Finding:
    entry = stored.entry
    return Finding(
        code="IL580",
        what=f"the stored wheel of {entry.name} {entry.version} was damaged or gone, and is removed from the store",
        why=f"{stored.wheel} did not have the hash {entry.sha256}",
        fix="nothing has to be done, it is built again when it is needed; if that happens again, check the disk",
    )
