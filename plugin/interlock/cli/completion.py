"""Completion of commands in a shell: argcomplete asks the parser, which every new command is part of by itself."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import argcomplete
from argcomplete.shell_integration import shellcode


def complete(parser: argparse.ArgumentParser) -> None:
    """Answer the shell, which has left its question in variables, and end the process."""
    for action in _actions(parser):
        if action.dest == "environment":
            action.completer = _environments  # type: ignore[attr-defined]  # how argcomplete is told
        elif action.dest in _NO_FILES:
            action.completer = _nothing  # type: ignore[attr-defined]
    argcomplete.autocomplete(parser, always_complete_options=False)


def completion_script(shell: str) -> str:
    """What makes a shell ask: to be read by bash, zsh or fish when it starts."""
    return shellcode(["interlock"], shell=shell)


# What is no file, and not known without asking a channel, an index or a lock.
_NO_FILES = frozenset({"specs", "pypi", "index_url", "days", "depth", "platform", "name", "package"})


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to list them
        yield action
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for below in action.choices.values():
                yield from _actions(below)


def _environments(parsed_args: argparse.Namespace, **_: object) -> list[str]:
    from interlock.project.declared import declared_environments

    return declared_environments(getattr(parsed_args, "manifest_path", None))


def _nothing(**_: object) -> list[str]:
    return []
