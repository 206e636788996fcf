"""Moving locked versions forward."""

from __future__ import annotations

from interlock.cli.options import add_command, effect_options, manifest_option, offline_option, output_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from interlock.cli.options import Commands


def add_update(commands: Commands) -> None:
    """``env update``."""
    update = add_command(
        commands,
        "update",
        "move locked versions forward, within the bounds of the manifest",
        "Solve again for the newest versions that the manifest admits, of the named packages or of all. What need not\n"
        "move stays as it is locked. Show what changed, write the lock, and install. The manifest does not change.",
        "%(prog)s\n  %(prog)s torch numpy\n  %(prog)s -e test -p linux-64 --dry-run",
    )
    update.add_argument("name", metavar="NAME", nargs="*", help="a locked package, conda or PyPI (default: all)")
    update.add_argument(
        "-e",
        "--environment",
        metavar="NAME",
        action="append",
        help="only this environment; may be repeated (default: all)",
    )
    update.add_argument(
        "-p",
        "--platform",
        metavar="PLATFORM",
        action="append",
        help="only this platform; may be repeated (default: all)",
    )
    _effect_options(update)


def add_upgrade(commands: Commands) -> None:
    """``env upgrade``."""
    upgrade = add_command(
        commands,
        "upgrade",
        "move dependencies beyond the bounds of the manifest, and write these anew",
        "Solve for the newest versions of the dependencies that the manifest lists, whatever their upper bounds are.\n"
        "Write new bounds of the same kind where the old ones exclude what was solved. Exact pins stay, unless named.",
        "%(prog)s --dry-run\n  %(prog)s numpy torch",
    )
    upgrade.add_argument("name", metavar="NAME", nargs="*", help="a dependency that the manifest lists (default: all)")
    upgrade.add_argument(
        "-e", "--environment", metavar="NAME", help="the environment to install (default: the default one)"
    )
    _effect_options(upgrade)


def add_outdated(commands: Commands) -> None:
    """``env outdated``."""
    outdated = add_command(
        commands,
        "outdated",
        "show which locked packages could be newer",
        "Show the dependencies of the manifest that an update within their bounds, or an upgrade beyond them, would\n"
        "move, and to which versions. Both are solved as `env update` and `env upgrade` do it; nothing is written.",
        "%(prog)s\n  %(prog)s --all -e gpu\n  %(prog)s --check --json",
    )
    outdated.add_argument("-e", "--environment", metavar="NAME", help="only this environment (default: all)")
    outdated.add_argument("-p", "--platform", metavar="PLATFORM", help="only this platform (default: all)")
    outdated.add_argument("--all", action="store_true", help="all locked packages, not only those of the manifest")
    outdated.add_argument("--check", action="store_true", help="end with exit code 1 if there are any")
    manifest_option(outdated)
    output_options(outdated, answers=True)
    offline_option(outdated)


def _effect_options(parser: argparse.ArgumentParser) -> None:
    effect_options(parser, written="the lock")
    manifest_option(parser)
    output_options(parser)
