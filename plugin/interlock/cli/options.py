"""The options that several commands have, and how a command is described."""

from __future__ import annotations

import argparse
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol, TypeAlias

    class Form(Protocol):
        """How argparse makes what writes the help of a parser."""

        def __call__(self, *, prog: str) -> argparse.HelpFormatter: ...  # noqa: D102

    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse names it so

LOCK_HELP = """\
how the lock is used:
  (neither)   update interlock.lock if it is out of date
  --locked    fail if interlock.lock is out of date (does not match the manifest)
  --frozen    install interlock.lock as it is, without checking that it is up to date
"""


class Described(argparse.RawDescriptionHelpFormatter):
    """Fills the paragraphs of a description, and leaves lists and examples, whose lines are indented, as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        from itertools import groupby
        from textwrap import fill
        from textwrap import indent as indented

        def is_prose(line: str) -> bool:
            return bool(line) and not line.startswith(" ")

        parts = (
            fill(" ".join(lines), width - len(indent), break_on_hyphens=False) if prose else "\n".join(lines)
            for prose, lines in groupby(text.splitlines(), is_prose)
        )
        return indented("\n".join(parts), indent)


def as_wide_as_the_terminal(form: type[argparse.HelpFormatter]) -> Form:
    """A form of help for a parser. By itself it would ask shutil for the width, whose imports take as long as parsing.

    argparse makes one for each argument that is declared.
    """
    return lambda prog: form(prog, width=_columns() - 2)


def _columns() -> int:
    """As :func:`shutil.get_terminal_size` finds it."""
    wanted = os.environ.get("COLUMNS", "")
    if wanted.isdecimal() and int(wanted):
        return int(wanted)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return 80


def add_command(commands: Commands, name: str, summary: str, text: str, examples: str) -> argparse.ArgumentParser:
    """A command with its help: a summary in one line, a text, and examples."""
    return commands.add_parser(
        name,
        help=summary,
        description=text,
        epilog=f"examples:\n  {examples}",
        # A shortened option would stop working as soon as another one begins with the same letters.
        allow_abbrev=False,
        formatter_class=as_wide_as_the_terminal(Described),
    )


def project_options(
    parser: argparse.ArgumentParser,
    environment_default: str | None = "default",
    *,
    otherwise: str = "all",
    answers: bool = False,
) -> None:
    """``-e``, ``--manifest-path`` and the options for output; ``otherwise`` says what is meant without a default.

    ``answers`` is as in :func:`output_options`.
    """
    shown = environment_default or otherwise
    parser.add_argument(
        "-e", "--environment", metavar="NAME", default=environment_default, help=f"the environment (default: {shown})"
    )
    manifest_option(parser)
    output_options(parser, answers=answers)


def manifest_option(parser: argparse.ArgumentParser) -> None:
    """``--manifest-path``."""
    parser.add_argument(
        "--manifest-path", metavar="PATH", help="the manifest, or a directory with one (default: search upwards)"
    )


def platform_option(parser: argparse.ArgumentParser) -> None:
    """``-p``, for commands that read the lock."""
    parser.add_argument(
        "-p", "--platform", metavar="PLATFORM", help="the platform (default: that of this machine, if it is locked)"
    )


def lock_options(parser: argparse.ArgumentParser) -> None:
    """``--locked`` or ``--frozen``, and ``--offline``."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--locked", action="store_true", help="fail if the lock is out of date")
    group.add_argument("--frozen", action="store_true", help="install the lock as it is, up to date or not")
    offline_option(parser)


def output_options(parser: argparse.ArgumentParser, *, answers: bool = False) -> None:
    """``--json``, ``-v`` and ``-q``; ``answers`` says that all a command prints on stdout is what was asked for."""
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="show more detail; -vv adds tracebacks")
    parser.add_argument(
        "-q", "--quiet", action="store_true", help=f"print only {'the answer and ' if answers else ''}errors"
    )
    parser.set_defaults(answers=answers)


def effect_options(parser: argparse.ArgumentParser, *, written: str) -> None:
    """``--no-install``, ``--dry-run`` and ``--offline``, for commands that change the files ``written``."""
    parser.add_argument("--no-install", action="store_true", help=f"write {written}, install nothing")
    parser.add_argument("--dry-run", action="store_true", help="solve and show the changes, write nothing")
    offline_option(parser)


def offline_option(parser: argparse.ArgumentParser) -> None:
    """``--offline``, for commands that may use a network."""
    parser.add_argument(
        "--offline", action="store_true", help="use no network: only caches and local files (see docs/network.md)"
    )


def html_option(parser: argparse.ArgumentParser) -> None:
    """``--html``, for commands whose answer is a page as well."""
    parser.add_argument("--html", metavar="FILE", help="write a web page, one file for any browser (-: print it)")


def prefix_option(parser: argparse.ArgumentParser) -> None:
    """``--prefix``, for commands that check any environment."""
    parser.add_argument(
        "--prefix", metavar="DIR", help="an environment made by any tool: conda, pixi, venv (default: the project's)"
    )


def readiness_options(parser: argparse.ArgumentParser) -> None:
    """``--locked``, ``--frozen``, ``--offline`` and ``--no-install``, for commands that use an environment."""
    lock_options(parser)
    parser.add_argument("--no-install", action="store_true", help="do not install; the environment must exist")
