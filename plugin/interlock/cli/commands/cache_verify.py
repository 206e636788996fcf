"""``cache verify``: check stored wheels against their hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.build.store import default_store
from interlock.cli.stored import as_dict
from interlock_hooks.types import ExitCode

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:  # noqa: ARG001 - every command has the same signature
    """Remove damaged wheels; the exit code says whether there were any."""
    store = default_store()
    damaged = store.verify()
    output.document({"store": str(store.root), "damaged": [as_dict(stored) for stored in damaged]})
    for stored in damaged:
        output.line(f"removed {stored.entry.name} {stored.entry.version}: the file does not match its hash")
    if not damaged:
        output.line(f"all wheels in {store.root} are intact")
    return int(ExitCode.VERIFICATION_FAILED if damaged else ExitCode.DONE)
