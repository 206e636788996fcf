"""The parser of the command line; importing this module costs little, so that a no-op stays quick.

Declaring all commands takes longer than a no-op does, so only the one that was typed is declared.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from interlock import __version__
from interlock.cli.options import as_wide_as_the_terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import NoReturn, TypeAlias

    # A module of `cli/parsers`, whose function `add_COMMAND` declares a command; or the summary of a group, and its.
    Declared: TypeAlias = str | tuple[str, Mapping[str, str]]

_COMMAND = "COMMAND"
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
        if message.endswith(f"required: {_COMMAND}"):
            # Who has typed no command wants to know which there are.
            self.print_help(sys.stderr)
            raise UsageError(message)
        try:
            super().error(message)
        except SystemExit as error:
            raise UsageError(message) from error

    def parse_known_args(self, args=None, namespace=None):  # type: ignore[no-untyped-def]
        found, unknown = super().parse_known_args(args, namespace)
        if unknown and self._subparsers is None:
            # argparse would show the usage of the program, which has none of the options of this command.
            self.error(f"unrecognized arguments: {' '.join(unknown)}{self._meant(unknown[0])}")
        return found, unknown

    def _meant(self, option: str) -> str:
        near = _near(option.partition("=")[0], self._option_string_actions) if option.startswith("--") else []
        return f" (did you mean {near[0]}?)" if near else ""

    def _check_value(self, action: argparse.Action, value: object) -> None:
        if not isinstance(action, argparse._SubParsersAction) or value in action.choices:  # noqa: SLF001
            super()._check_value(action, value)
            return
        near = _near_commands(str(value), action.choices)
        commands = " or ".join(f"`{self.prog} {name}`" for name in near)
        more = f"did you mean {commands}?" if near else f"the commands are {', '.join(action.choices)}"
        raise argparse.ArgumentError(None, f"there is no command {value!r}: {more}")


def _near(typed: str, known: Iterable[str]) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(typed, list(known), 1)


def _near_commands(typed: str, known: Iterable[str]) -> list[str]:
    """The commands that may be meant; where groups are ``known``, also those in them, as ``env install``."""
    groups = [(group, declared[1]) for group in known if isinstance(declared := _ALL.get(group), tuple)]
    exact = [f"{group} {typed}" for group, commands in groups if typed in commands]
    if exact:
        return exact
    within = {name: f"env {name}" for name in _ENV} if groups else {}
    return [within.get(name, name) for name in _near(typed, [*known, *within])]


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
    commands = parser.add_subparsers(dest=dest, metavar=_COMMAND, required=True, prog=parser.prog)
    typed, rest = (words[:1], words[1:]) if words and words[0] in known else ((), ())
    for name in typed or known:
        declared = known[name]
        if isinstance(declared, str):
            module = import_module(f"interlock.cli.parsers.{declared}")
            getattr(module, f"add_{name.replace('-', '_')}")(commands)
        else:
            summary, below = declared
            _declare(commands.add_parser(name, help=summary, formatter_class=_FORM), below, rest, dest="command")
