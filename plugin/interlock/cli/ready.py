"""An environment to be used: installed first if something changed, or as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.json.install import environment_report
from interlock.cli.listener import showing_progress
from interlock.cli.noop import is_up_to_date
from interlock.project.installing import install
from interlock.project.locking import lock_mode
from interlock.project.opening import open_project

if TYPE_CHECKING:
    import argparse

    from interlock.cli.output import Output
    from interlock.project.opening import Project


def ready_project(args: argparse.Namespace, output: Output) -> Project:
    """The project, with the environment that ``args`` name up to date, unless it is not to be installed."""
    if args.no_install or is_up_to_date(args):
        return open_project(args.manifest_path, folder=args.folder)
    with showing_progress(output) as listener:
        project = open_project(args.manifest_path, folder=args.folder, listener=listener)
        mode = lock_mode(locked=args.locked, frozen=args.frozen)
        outcome = install(project, args.environment, report=environment_report, mode=mode)
    output.findings(outcome.findings)
    return project
