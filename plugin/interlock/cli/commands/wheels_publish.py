"""``wheels publish``: the wheels that were built for an environment, as an index for others, or as conda packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.json.wheels import publish_document
from interlock.cli.listener import showing_progress
from interlock.cli.ready import ready_project
from interlock.core.counting import counted
from interlock.core.urls import shown
from interlock.project.conda_publishing import publish_conda
from interlock.project.opening import open_project
from interlock.project.publishing import publish

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Install if something changed, then add the wheels to the index, or conda packages of them to the channel."""
    ready_project(args, output)
    with showing_progress(output) as listener:
        project = open_project(args.manifest_path, folder=args.folder, listener=listener)
        found = (publish_conda if args.conda else publish)(project, args.environment, args.place, args.name)
    output.findings(found.findings)
    output.document(publish_document(args.environment, found), findings=found.findings)
    for each in found.files:
        output.line(f"{'added' if each.kept is None else 'there already'}: {each.file.name}")
    output.line(f"{counted(len(found.files), 'conda package' if args.conda else 'wheel')} in {shown(found.place)}")
    return 0
