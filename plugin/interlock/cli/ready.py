"""An environment to be used: installed first if something changed, or as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.cli.noop import up_to_date
from interlock.project.activation import activate, activate_again

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from interlock.cli.output import Output
    from interlock.project.opening import Project


def ready_project(args: argparse.Namespace, output: Output) -> Project:
    """The project, with the environment that ``args`` name up to date, unless it is not to be installed."""
    # Imported here, as most of the time the environment is up to date and only its variables are wanted.
    from interlock.project.opening import open_project

    if args.no_install or up_to_date(args):
        return open_project(args.manifest_path, folder=args.folder)
    from interlock.cli.json.install import environment_report
    from interlock.cli.listener import showing_progress
    from interlock.project.installing import install
    from interlock.project.locking import lock_mode

    with showing_progress(output) as listener:
        project = open_project(args.manifest_path, folder=args.folder, listener=listener)
        mode = lock_mode(locked=args.locked, frozen=args.frozen)
        outcome = install(project, args.environment, report=environment_report, mode=mode)
    output.findings(outcome.findings)
    return project


def ready_variables(args: argparse.Namespace, output: Output, base: Mapping[str, str]) -> dict[str, str]:
    """The variables ``base`` with the environment that ``args`` name activated, once it is as in ready_project."""
    state = None if args.no_install else up_to_date(args)
    variables = None if state is None else activate_again(state, base)
    if variables is None:
        variables = activate(ready_project(args, output), args.environment, base)
    return variables
