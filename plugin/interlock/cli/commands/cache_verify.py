"""``cache verify``: check stored wheels, and what is kept of build environments, against their hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.json.cache import verify_document
from interlock.project.caching import verify_caches

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:  # noqa: ARG001 - every command has the same signature
    """Remove what is damaged. Raises :class:`InterlockError` (IL580) when there was any, one finding for each."""
    intact, packages = verify_caches()
    output.document(verify_document(intact, packages))
    output.line(f"all {len(intact.wheels)} wheels in {intact.root} are intact")
    if packages:
        output.line(f"the packages of all {len(packages)} build environments in {packages[0].path.parent} are intact")
    return 0
