"""``cache verify``: check stored wheels against their hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.json.cache import verify_document
from interlock.project.caching import verify_wheels

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:  # noqa: ARG001 - every command has the same signature
    """Remove damaged wheels. Raises :class:`InterlockError` (IL580) when there were any, one finding for each."""
    intact = verify_wheels()
    output.document(verify_document(intact))
    output.line(f"all {len(intact.wheels)} wheels in {intact.root} are intact")
    return 0
