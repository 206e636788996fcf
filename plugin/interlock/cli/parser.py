"""The parser of the command line; importing this module costs little, so that a no-op stays quick.

Declaring all commands takes longer than a no-op does, so only the one that was typed is declared.
"""

from __future__ import annotations

import argparse
from importlib import import_module

from interlock import __version__
from interlock.cli.options import as_wide_as_the_terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import NoReturn, TypeAlias

    # A module of `cli/parsers`, whose function `add_COMMAND` declares a command; or the summary of a group, and its.
    Declared: TypeAlias = str | tuple[str, Mapping[str, str]]

# In the order of the help.
_ENV = {
    "install": "locking",
    "lock": "locking",
    "add": "editing",
    "remove": "editing",
    "import": "editing",
    "update": "moving",
    "upgrade": "moving",
    "outdated": "moving",
    "list": "inspecting",
    "info": "inspecting",
    "map": "inspecting",
    "why": "inspecting",
    "tree": "inspecting",
    "diff": "inspecting",
    "run": "using",
    "shell": "using",
    "shell-hook": "using",
    "exec": "using",
    "export": "sharing",
    "pack": "sharing",
    "doctor": "checking",
    "clean": "checking",
}
_ALL: Mapping[str, Declared] = {
    "init": "editing",
    "env": ("install, lock, inspect and use environments", _ENV),
    "wheels": ("build wheels for many versions at once, and publish them", {"build": "wheels", "publish": "wheels"}),
    "channel": ("make a conda channel from local files and PyPI", {"build": "channel"}),
    "plugins": ("show plugins", {"list": "plugins"}),
    "cache": (
        "inspect and clean the store of built wheels",
        {"list": "cache", "show": "cache", "prune": "cache", "verify": "cache"},
    ),
    "audit": "checking",
    "completion": "using",
    "schema": "schema",
}


class UsageError(SystemExit):
    """The command line is wrong, which argparse has said on stderr; ``message`` says it without the usage."""

    def __init__(self, message: str) -> None:
        super().__init__(2)
        self.message = message


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        try:
            super().error(message)
        except SystemExit as error:
            raise UsageError(message) from error


def words_of(argv: Sequence[str], *, only_env: bool) -> list[str]:
    """The words of the command that a command line begins with, as far as they are known."""
    known: Declared | Mapping[str, Declared] = _ENV if only_env else _ALL
    found = ["env"] if only_env else []
    for word in argv:
        if isinstance(known, tuple):
            known = known[1]
        if isinstance(known, str) or word not in known:
            break
        found.append(word)
        known = known[word]
    return found


def command_names() -> Iterator[str]:
    """All commands by their words, such as ``env install``."""
    for name, declared in _ALL.items():
        yield from [name] if isinstance(declared, str) else (f"{name} {word}" for word in declared[1])


_FORM = as_wide_as_the_terminal(argparse.HelpFormatter)


def make_parser(program: str, words: Sequence[str] = (), *, only_env: bool = False) -> argparse.ArgumentParser:
    """The parser of ``interlock``, or with ``only_env`` that of ``pixi-env``, which is the ``env`` group alone.

    If the ``words`` begin with a command, no other one is declared; whatever follows it, the answer is the same.
    """
    parser = _Parser(
        prog=program,
        description="Create environments from conda packages, PyPI packages and source builds that match both.",
        epilog="Start with `env install` in a directory with a pixi.toml, pyproject.toml or environment.yml.",
        allow_abbrev=False,
        formatter_class=_FORM,
    )
    parser.add_argument("--version", action="version", version=f"interlock {__version__}")
    if only_env:
        parser.set_defaults(group="env")
    _declare(parser, _ENV if only_env else _ALL, words, dest="command" if only_env else "group")
    return parser


def _declare(parser: argparse.ArgumentParser, known: Mapping[str, Declared], words: Sequence[str], dest: str) -> None:
    # Without `prog`, argparse would format a usage to find out what it is.
    commands = parser.add_subparsers(dest=dest, metavar="COMMAND", required=True, prog=parser.prog)
    typed, rest = (words[:1], words[1:]) if words and words[0] in known else ((), ())
    for name in typed or known:
        declared = known[name]
        if isinstance(declared, str):
            module = import_module(f"interlock.cli.parsers.{declared}")
            getattr(module, f"add_{name.replace('-', '_')}")(commands)
        else:
            summary, below = declared
            _declare(commands.add_parser(name, help=summary, formatter_class=_FORM), below, rest, dest="command")
