"""How it looks in a terminal whose code ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interlock_hooks.types import CodeStarted

_BACKEND = {"requirements": "build requirements", "metadata": "metadata", "wheel": "build"}
_OTHERS = {"recipe": "recipe", "activation": "activation script", "plugin": "plugin"}


def render_ran(ran: Sequence[CodeStarted], *, verbose: bool = False) -> Text:
    """A line with each package and plugin, and what of it ran; for the ``verbose`` also what was called, and why."""
    if verbose:
        lines = (f"\n  {_who(each)}: {_in_full(each)}" for each in dict.fromkeys(ran))
        return Text.assemble("ran code of", *lines, style="dim")
    parts: dict[str, list[str]] = {}
    for each in ran:
        parts.setdefault(_who(each), []).append(_what(each))
    told = ", ".join(f"{who} ({', '.join(dict.fromkeys(what))})" for who, what in parts.items())
    return Text(f"ran code of {told}", style="dim")


def _who(each: CodeStarted) -> str:
    return f"{each.name} {each.version}" if each.version else each.name


def _what(each: CodeStarted) -> str:
    return _BACKEND[each.step] if each.step else _OTHERS[each.kind]


def _in_full(each: CodeStarted) -> str:
    called = f" by {each.entry}" if each.step and each.entry else f" {each.entry}" if each.entry else ""
    return f"{_what(each)}{called}{f', since {each.why}' if each.why else ''}"
