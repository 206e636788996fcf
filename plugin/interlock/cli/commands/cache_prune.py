"""``cache prune``: remove what was not used recently, and the remains of interrupted builds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.json.cache import prune_document
from interlock.cli.readable import readable_size
from interlock.core.counting import counted
from interlock.project.caching import prune_caches

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output

_DAY = 24 * 60 * 60.0


def run(args: argparse.Namespace, output: Output) -> int:
    """Remove what was not used in the given number of days, and the working directories of interrupted builds."""
    pruned = prune_caches(unused_for=args.days * _DAY)
    output.document(prune_document(pruned))
    output.line(f"removed {counted(len(pruned.wheels.wheels), 'wheel')}, {readable_size(pruned.wheels.size)}")
    for paths, what in (
        (pruned.prefixes, ("prefix for builds", "prefixes for builds")),
        (pruned.packages, ("layer of packages for builds", "layers of packages for builds")),
        (pruned.environments, ("throw-away environment",)),
        (pruned.wheel_files, ("list of the files in a wheel", "lists of the files in wheels")),
        (pruned.builds, ("directory of an interrupted build", "directories of interrupted builds")),
    ):
        if paths:
            output.line(f"removed {counted(len(paths), *what)}")
    return 0
