"""The rows of the live view: each is one line, and what matters least gives way first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from interlock.core.durations import clock_text

# From this width on there is room for a bar, and for how a package is built.
_WIDE = 72
_BAR_WIDTH = 24


class StageRow(NamedTuple):
    """A running stage: ``sign`` turns, ``done`` of ``total`` steps (0: unknown) are done, ``item`` is worked on."""

    sign: str
    label: str
    seconds: float
    done: int = 0
    total: int = 0
    item: str = ""
    detail: str = ""


class BuildRow(NamedTuple):
    """A running build: ``step`` is the marker of its build tool (``[12/73]``), ``line`` what it printed last."""

    title: str
    mode: str
    seconds: float
    step: str = ""
    line: str = ""


def stage_text(row: StageRow, width: int) -> Text:
    """A stage in a terminal of that width."""
    text = Text.assemble((row.sign, "cyan"), " ", row.label, no_wrap=True, overflow="ellipsis")
    if row.total and width >= _WIDE:
        full = min(_BAR_WIDTH * row.done // row.total, _BAR_WIDTH)
        text.append(" ").append("━" * full, "cyan").append(" " * (_BAR_WIDTH - full))
    if row.total or row.done:
        text.append(f" {row.done}/{row.total}" if row.total else f" {row.done}")
    text.append(f" {clock_text(row.seconds)}", "dim")
    if row.item:
        text.append(f" {row.item}")
    if row.detail not in ("", row.item):
        text.append(f"{'  ' if row.item else ' '}{row.detail}", "dim" if row.item else "")
    return text


def build_texts(rows: Sequence[BuildRow], width: int) -> list[Text]:
    """Builds in a terminal of that width, in columns."""
    titles = min(max((cell_len(row.title) for row in rows), default=0), width // 2)
    modes = max((cell_len(row.mode) for row in rows), default=0) if width >= _WIDE else 0
    return [_build_text(row, titles, modes) for row in rows]


def _build_text(row: BuildRow, titles: int, modes: int) -> Text:
    title = Text(row.title)
    title.truncate(titles, overflow="ellipsis", pad=True)
    text = Text.assemble("  ", title, no_wrap=True, overflow="ellipsis")
    if modes:
        text.append(f" {set_cell_size(row.mode, modes)}", "cyan")
    text.append(f" {clock_text(row.seconds):>4}")
    if row.step:
        text.append(f" {row.step}", "bold")
    return text.append(f" {row.line}", "dim") if row.line else text
