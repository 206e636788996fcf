"""``channel build``: make the embedded channel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from interlock.channel import build_channel
from interlock.cli.json.channel import build_document
from interlock.cli.listener import showing_progress
from interlock.core.counting import counted

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output


def run(args: argparse.Namespace, output: Output) -> int:
    """Build what is missing and name the line that puts the channel into a manifest."""
    directory = Path(args.directory).absolute()
    python = args.python or args.interpreter is not None or not args.cuda
    with showing_progress(output) as listener:
        report = build_channel(
            directory,
            python=python,
            cuda=args.cuda,
            only=args.only,
            full=args.full,
            interpreter=None if args.interpreter is None else Path(args.interpreter),
            report=listener.interlock_event,
        )
    output.document(build_document(report), findings=report.findings)
    output.line(f"{counted(len(report.built), 'package')} built, {len(report.skipped)} already there: {directory}")
    output.line(f'use it with: channels = ["{report.url}"]')
    return 0
