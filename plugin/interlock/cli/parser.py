"""The parser of the command line; importing this module costs little, so that a no-op stays quick."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from interlock import __version__
from interlock.cli.parsers.cache import add_cache
from interlock.cli.parsers.channel import add_channel
from interlock.cli.parsers.checking import add_audit, add_checking
from interlock.cli.parsers.editing import add_editing, add_init
from interlock.cli.parsers.inspecting import add_inspecting
from interlock.cli.parsers.locking import add_locking
from interlock.cli.parsers.moving import add_moving
from interlock.cli.parsers.plugins import add_plugins
from interlock.cli.parsers.schema import add_schema
from interlock.cli.parsers.sharing import add_sharing
from interlock.cli.parsers.using import add_completion, add_using

if TYPE_CHECKING:
    from interlock.cli.options import Commands


def make_parser(program: str, *, only_env: bool = False) -> argparse.ArgumentParser:
    """The parser of ``interlock``, or with ``only_env`` that of ``pixi-env``, which is the ``env`` group alone."""
    parser = argparse.ArgumentParser(
        prog=program,
        description="Create environments from conda packages, PyPI packages and source builds that match both.",
        epilog="Start with `env install` in a directory with a pixi.toml, pyproject.toml or environment.yml.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"interlock {__version__}")
    commands = parser.add_subparsers(dest="command" if only_env else "group", metavar="COMMAND", required=True)
    if only_env:
        _add_env(commands)
        parser.set_defaults(group="env")
        return parser
    add_init(commands)
    env = commands.add_parser("env", help="install, lock, inspect and use environments")
    _add_env(env.add_subparsers(dest="command", metavar="COMMAND", required=True))
    channel = commands.add_parser("channel", help="make a conda channel from local files and PyPI")
    add_channel(channel.add_subparsers(dest="command", metavar="COMMAND", required=True))
    plugins = commands.add_parser("plugins", help="show plugins")
    add_plugins(plugins.add_subparsers(dest="command", metavar="COMMAND", required=True))
    cache = commands.add_parser("cache", help="inspect and clean the store of built wheels")
    add_cache(cache.add_subparsers(dest="command", metavar="COMMAND", required=True))
    add_audit(commands)
    add_completion(commands)
    add_schema(commands)
    return parser


def _add_env(commands: Commands) -> None:
    add_locking(commands)
    add_editing(commands)
    add_moving(commands)
    add_inspecting(commands)
    add_using(commands)
    add_sharing(commands)
    add_checking(commands)
