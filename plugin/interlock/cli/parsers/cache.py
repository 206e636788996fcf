"""The store of built wheels."""

from __future__ import annotations

import argparse

from interlock.cli.options import add_command, output_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from interlock.cli.options import Commands


def add_list(commands: Commands) -> None:
    """``cache list``."""
    output_options(
        add_command(
            commands,
            "list",
            "list stored wheels",
            "List the wheels in the store of built wheels. Count the build environments whose packages are kept, and "
            "the wheels from indexes whose files are known.",
            "interlock cache list",
        ),
        answers=True,
    )


def add_show(commands: Commands) -> None:
    """``cache show``."""
    show = add_command(
        commands,
        "show",
        "show what a stored wheel was built from",
        "Show what identifies the stored wheels of a package: its source, interpreter, toolchain and variables, and\n"
        "the distributions that the build imported.",
        "interlock cache show flash-attn",
    )
    show.add_argument("name", metavar="NAME", help="a package name, or the beginning of a key or of a wheel's SHA-256")
    output_options(show, answers=True)


def add_prune(commands: Commands) -> None:
    """``cache prune``."""
    prune = add_command(
        commands,
        "prune",
        "remove stored wheels that were not used recently",
        "Remove wheels, cached base prefixes and packages of build environments that no build has used for a number\n"
        "of days, and the remains of interrupted builds. Interlock can recreate everything that it removes; it does\n"
        "not touch environments.",
        "interlock cache prune --days 30",
    )
    prune.add_argument(
        "--days", type=_days, default=90, metavar="N", help="keep what was used in the last N days (default: 90)"
    )
    output_options(prune)


def add_verify(commands: Commands) -> None:
    """``cache verify``."""
    output_options(
        add_command(
            commands,
            "verify",
            "check stored wheels against their hashes",
            "Check every stored wheel, and every file of the packages of build environments, against its hash, and\n"
            "remove what is damaged.",
            "interlock cache verify",
        )
    )


def _days(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days")
    return int(text)
