"""``cache verify``: check stored wheels, and what is kept of build environments, against their hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.json.cache import verify_document
from interlock.core.counting import counted
from interlock.project.caching import verify_caches

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:  # noqa: ARG001 - every command has the same signature
    """Remove what is damaged. Raises :class:`InterlockError` (IL580) when there was any, one finding for each."""
    intact, packages = verify_caches()
    output.document(verify_document(intact, packages))
    output.line(f"{intact.root}: {counted(len(intact.wheels), 'wheel')}, none damaged")
    if packages:
        number = counted(len(packages), "build environment")
        output.line(f"{packages[0].path.parent}: packages of {number}, none damaged")
    return 0
