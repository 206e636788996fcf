"""The reference of the command line, from the parser that every run uses."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from interlock.cli.exit_codes import OF_PROGRAMS, exit_codes
from interlock.cli.parser import command_names, make_parser


def commands_page() -> str:
    """The page, as Markdown: for each command its usage, what it does, its arguments, exit codes and examples."""
    parts = [
        "# Commands",
        "",
        "`interlock COMMAND --help` has the options as well. In the tables of exit codes, what a plugin reports is not",
        "included: its [findings](../findings.md#exit-codes) select the code.",
        "",
    ]
    for name in command_names():
        parts += [f"## interlock {name}", "", *_command(name, _parser_of(name)), ""]
    return "\n".join(parts)


def _parser_of(command: str) -> argparse.ArgumentParser:
    parser = make_parser("interlock", command.split())
    for word in command.split():
        (group,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
        parser = group.choices[word]
    return parser


def _command(name: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    usage = " ".join(parser.format_usage().removeprefix("usage: ").split())
    yield from ("```text", usage, "```", "", *_paragraphs(parser.description or ""))
    rows = [(_spelled(action), _help(parser, action)) for action in parser._actions]
    yield from ("| argument | |", "|---|---|", *(f"| {spelled} | {text} |" for spelled, text in rows), "")
    codes = [*exit_codes(name).items(), *([("other", "that of the program")] if name in OF_PROGRAMS else [])]
    yield from ("| exit code | |", "|---|---|", *(f"| {code} | {meaning} |" for code, meaning in codes), "")
    examples = parser._get_formatter()._format_text(parser.epilog or "").strip().removeprefix("examples:")
    lines = [line.strip() for line in examples.splitlines() if line.strip()]
    if lines:
        yield from ("```sh", *lines, "```")


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        yield from (_plain(" ".join(paragraph.split())), "")


def _spelled(action: argparse.Action) -> str:
    value = action.metavar or (action.dest.upper() if action.nargs != 0 else None)
    shown = f" {value}" if value and action.nargs != 0 else ""
    if action.choices and action.metavar is None:
        shown = f" {{{','.join(map(str, action.choices))}}}"
    names = [f"`{name}{shown}`" for name in action.option_strings] or [f"`{shown.strip()}`"]
    return ", ".join(names).replace("|", "\\|")


def _help(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    return _plain(parser._get_formatter()._expand_help(action) if action.help else "")


def _plain(text: str) -> str:
    """Text that Markdown does not take for markup."""
    for mark in ("\\", "*", "_", "<", "[", "|", "$"):
        text = text.replace(mark, f"\\{mark}")
    return text
