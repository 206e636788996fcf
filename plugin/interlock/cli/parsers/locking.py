"""Installing and locking."""

from __future__ import annotations

import argparse

from interlock.cli.options import LOCK_HELP, add_command, lock_options, offline_option, project_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from interlock.cli.options import Commands


def add_install(commands: Commands) -> None:
    """``env install``."""
    install = add_command(
        commands,
        "install",
        "create or update the environment from the manifest",
        "Solve, lock and install. Running it again is a fast no-op.\n\n" + LOCK_HELP,
        "%(prog)s\n  %(prog)s --locked -e default\n  %(prog)s --json",
    )
    project_options(install)
    install.add_argument(
        "-p",
        "--platform",
        metavar="PLATFORM",
        help="which of several platforms for this machine (default: the one chosen before, else the first that fits)",
    )
    install.add_argument(
        "--repair",
        action="store_true",
        help="compare every file with what its package brought, and install damaged packages again",
    )
    lock_options(install)
    install.add_argument(
        "--lock-timeout",
        type=_seconds,
        metavar="SECONDS",
        help="how long to wait while another process works on the environment (default: until it ends)",
    )


def add_lock(commands: Commands) -> None:
    """``env lock``."""
    lock = add_command(
        commands,
        "lock",
        "solve and write interlock.lock without installing",
        "Solve every environment and platform of the manifest and write interlock.lock. Versions in the existing lock\n"
        "are kept where possible. The metadata of sdists is built in their build environment where it is dynamic.",
        "%(prog)s\n  %(prog)s --check",
    )
    project_options(lock)
    offline_option(lock)
    lock.add_argument(
        "--check",
        action="store_true",
        help="change nothing; fail if the lock is out of date",
    )


def _seconds(text: str) -> float:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of seconds")
    return float(text)
