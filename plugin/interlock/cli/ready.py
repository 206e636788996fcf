"""An environment to be used: installed first if something changed, or as it is."""

from __future__ import annotations

from interlock.cli.noop import up_to_date
from interlock.project.activation import activate, activate_again

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from interlock.cli.output import Output
    from interlock.project.opening import Project


def ready_project(args: argparse.Namespace, output: Output) -> Project:
    """The project, with the environment that ``args`` name up to date, unless it is not to be installed."""
    return _opened(args) if args.no_install or up_to_date(args) else _installed(args, output)


def ready_variables(args: argparse.Namespace, output: Output, base: Mapping[str, str]) -> dict[str, str]:
    """The variables ``base`` with the environment that ``args`` name activated, once it is as in ready_project."""
    state = None if args.no_install else up_to_date(args)
    if state is not None and (variables := activate_again(state, base)) is not None:
        return variables
    project = _opened(args) if args.no_install or state is not None else _installed(args, output)
    return activate(project, args.environment, base)


# What these import is left alone where the environment is up to date and only its variables are wanted.


def _opened(args: argparse.Namespace) -> Project:
    from interlock.project.opening import open_project

    return open_project(args.manifest_path, folder=args.folder)


def _installed(args: argparse.Namespace, output: Output) -> Project:
    from interlock.cli.json.install import environment_report
    from interlock.cli.listener import showing_progress
    from interlock.project.installing import install
    from interlock.project.locking import lock_mode
    from interlock.project.opening import open_project

    with showing_progress(output) as listener:
        project = open_project(args.manifest_path, folder=args.folder, listener=listener)
        mode = lock_mode(locked=args.locked, frozen=args.frozen)
        outcome = install(project, args.environment, report=environment_report, mode=mode)
    output.findings(outcome.findings)
    return project
