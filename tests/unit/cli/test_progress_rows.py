"""The rows of the live view in terminals of several widths."""

from __future__ import annotations

import pytest
from rich.console import Console, Group

from interlock.cli.progress_rows import BuildRow, StageRow, build_texts, stage_text

STAGE = StageRow(
    sign="*", label="link conda packages", seconds=65, done=9, total=22, item="python (12 of 45 MB)", detail="default"
)
BUILDS = [
    BuildRow(title="flash-attn 2.8.3", mode="matched", seconds=83, step="[12/73]", line="nvcc -c " + "x" * 300),
    BuildRow(title="a-long-name-of-a-package-that-nobody-would-choose 1.0", mode="no-isolation", seconds=5),
]


def shown(width: int) -> list[str]:
    """The rows in a terminal of that width."""
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(Group(stage_text(STAGE, width), *build_texts(BUILDS, width)))
    return [line.rstrip() for line in capture.get().splitlines()]


@pytest.mark.parametrize("width", [1, 20, 40, 71, 72, 200])
def test_each_row_is_one_line(width: int) -> None:
    rows = shown(width)
    assert len(rows) == 3
    assert all(len(row) <= width for row in rows)


def test_a_narrow_terminal_keeps_what_changes() -> None:
    assert shown(40) == [
        "* link conda packages 9/22 1:05 python …",
        "  flash-attn 2.8.3     1:23 [12/73] nvc…",
        "  a-long-name-of-a-pa… 0:05",
    ]


def test_a_wide_terminal_has_a_bar_and_columns() -> None:
    stage, first, second = shown(120)
    assert stage == f"* link conda packages {'━' * 9}{' ' * 15} 9/22 1:05 python (12 of 45 MB)  default"
    assert first.startswith("  flash-attn 2.8.3" + " " * 38 + "matched      1:23 [12/73] nvcc -c xxx")
    assert second == "  a-long-name-of-a-package-that-nobody-would-choose 1.0 no-isolation 0:05"


def test_what_is_not_known_is_left_out() -> None:
    plain = stage_text(STAGE._replace(done=0, total=0, item="", detail=""), 80)
    assert plain.plain == "* link conda packages 1:05"
    assert stage_text(STAGE._replace(total=0, item="default"), 80).plain == "* link conda packages 9 1:05 default"
    assert stage_text(STAGE._replace(done=30), 80).plain.count("━") == 24
