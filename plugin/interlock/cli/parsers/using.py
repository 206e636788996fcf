"""Working in an environment."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from interlock.cli.options import LOCK_HELP, add_command, lock_options, project_options

if TYPE_CHECKING:
    from interlock.cli.options import Commands


def add_using(commands: Commands) -> None:
    """``env run``."""
    run = add_command(
        commands,
        "run",
        "run a program in the activated environment",
        "Run a program with the environment activated. An environment that is not up to date is installed first.\n"
        "The exit code is that of the program.\n\n" + LOCK_HELP,
        "%(prog)s -- python train.py\n  %(prog)s --no-install -- nvcc --version",
    )
    project_options(run)
    lock_options(run)
    run.add_argument("--no-install", action="store_true", help="do not install; the environment must exist")
    run.add_argument("program", metavar="CMD", nargs=argparse.REMAINDER, help="the program and its arguments, after --")
