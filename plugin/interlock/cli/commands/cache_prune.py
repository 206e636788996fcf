"""``cache prune``: remove what nobody used lately, and what was left when something was killed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.builds.store.store import default_store
from interlock.cli.stored import as_dict, readable_size
from interlock.core.paths import cache_dir
from interlock.core.scratch import remove_abandoned
from interlock.engines.rattler.cached_prefix import prune_prefixes

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output

_DAY = 24 * 60 * 60.0


def run(args: argparse.Namespace, output: Output) -> int:
    """Remove what was not used in the given number of days, and working directories of builds that nobody runs."""
    unused_for = args.days * _DAY
    wheels = [stored for stored in default_store().prune(unused_for=unused_for) if stored.wheel is not None]
    prefixes = prune_prefixes(unused_for=unused_for)
    builds = [path for name in ("builds", "audits") for path in remove_abandoned(cache_dir() / name)]
    output.document(
        {
            "removed": [as_dict(stored) for stored in wheels],
            "prefixes": [str(prefix) for prefix in prefixes],
            "builds": [str(build) for build in builds],
        }
    )
    size = readable_size(sum(stored.entry.size for stored in wheels))
    output.line(f"removed {len(wheels)} wheels, {size}")
    for paths, what in ((prefixes, "prefixes for builds"), (builds, "directories of interrupted builds")):
        if paths:
            output.line(f"removed {len(paths)} {what}")
    return 0
