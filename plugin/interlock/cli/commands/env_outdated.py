"""``env outdated``: which locked packages could be newer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.json.outdated import outdated_document
from interlock.cli.listener import showing_progress
from interlock.project.opening import open_project
from interlock.project.outdated import find_outdated

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output
    from interlock.project.outdated import OutdatedEnvironment


def run(args: argparse.Namespace, output: Output) -> int:
    """Show them; with ``--check`` it is a failure if there are any."""
    with showing_progress(output) as listener:
        project = open_project(args.manifest_path, folder=args.folder, listener=listener)
        found = find_outdated(project, environment=args.environment, platform=args.platform, everything=args.all)
    outdated = [each for each in found if each.packages]
    status = 1 if args.check and outdated else 0
    output.verdict(outdated_document(found, output.ran), (), status)
    for each in outdated:
        _show(each, output)
    if not outdated:
        output.line("no package could be newer")
    return status


def _show(found: OutdatedEnvironment, output: Output) -> None:
    from interlock.cli.tables import table_of

    output.line(f"{found.environment} on {found.platform}")
    table = table_of("name", "kind", "locked", "update", "upgrade")
    for package in found.packages:
        table.add_row(
            package.name, package.ecosystem, package.locked, package.update or "gone", package.upgrade or "gone"
        )
    output.show(table)
