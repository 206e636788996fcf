"""``cache prune``: remove stored wheels that nobody used lately."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.build.store import default_store
from interlock.cli.stored import as_dict, readable_size

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output

_DAY = 24 * 60 * 60.0


def run(args: argparse.Namespace, output: Output) -> int:
    """Remove what was not used in the given number of days."""
    removed = [entry for entry in default_store().prune(unused_for=args.days * _DAY) if entry.wheel is not None]
    output.document({"removed": [as_dict(stored) for stored in removed]})
    size = readable_size(sum(stored.entry.size for stored in removed))
    output.line(f"removed {len(removed)} wheels, {size}")
    return 0
