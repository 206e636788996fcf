"""``init``: make a project of a directory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from interlock.cli.json.edit import init_document
from interlock.project.initializing import initialize

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Write what the directory lacks, and say what comes next."""
    done = initialize(args.directory, name=args.name, channels=args.channel or (), platforms=args.platform or ())
    output.document(init_document(done))
    for path in done.written:
        output.line(f"wrote {os.path.relpath(path)}")
    if done.why:
        output.line(f"the manifest is {os.path.relpath(done.manifest)}: {done.why}")
    output.line("next: `interlock env add PACKAGE`, or `interlock env install`")
    return 0
