"""``env pack``: an installed environment as one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from interlock.cli.json.export import pack_document
from interlock.cli.listener import showing_progress
from interlock.cli.readable import readable_size
from interlock.cli.ready import ready_project
from interlock.core.counting import counted
from interlock.project.opening import open_project
from interlock.project.packing import pack

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Install if something changed, then write the archive."""
    ready_project(args, output)
    with showing_progress(output) as listener:
        project = open_project(args.manifest_path, folder=args.folder, listener=listener)
        archive = Path(args.output) if args.output else None
        outcome = pack(project, args.environment, archive, without_editable=args.without_editable)
    output.findings(outcome.findings)
    output.document(pack_document(args.environment, outcome), findings=outcome.findings)
    output.line(f"packed {counted(outcome.files, 'file')} into {outcome.path} ({readable_size(outcome.size)})")
    output.line(f"sha256 {outcome.sha256}")
    return 0
