"""``env diff``: what changed between two versions of the lock, and because of what."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, get_args

from rich.text import Text

from interlock.cli.graphs import render_change
from interlock.graph.changes import ChangeKind
from interlock.graph.data import change_data
from interlock.project.comparing import compare_locks

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output
    from interlock.project.comparing import EnvironmentChanges


def run(args: argparse.Namespace, output: Output) -> int:
    """Show the changes of each environment and platform; differences are no failure."""
    found = compare_locks(
        args.old,
        args.new,
        environment=args.environment,
        platform=args.platform,
        manifest_path=args.manifest_path,
        folder=args.folder,
    )
    output.document(
        {
            "old": found.old,
            "new": found.new,
            "environments": [
                {
                    "environment": each.environment,
                    "platform": each.platform,
                    "state": each.state,
                    "packages": each.packages,
                    "changes": [change_data(change) for change in each.changes],
                }
                for each in found.environments
            ],
        },
        findings=found.findings,
    )
    changed = [each for each in found.environments if each.changes or each.state != "kept"]
    output.line(f"{found.old} → {found.new}{'' if changed else ': no differences'}")
    for each in changed:
        output.show(_title(each), *(render_change(change, complete=output.verbose > 0) for change in each.changes))
    output.findings(found.findings)
    return 0


def _title(found: EnvironmentChanges) -> Text:
    title = Text(f"{found.environment} on {found.platform}: ", style="bold")
    if found.state != "kept":
        return title.append(f"{found.state}, with {found.packages} packages", style="")
    counts = Counter(change.kind for change in found.changes)
    return title.append(", ".join(f"{counts[kind]} {kind}" for kind in get_args(ChangeKind) if counts[kind]), style="")
