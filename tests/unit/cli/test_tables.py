"""Tables in narrow terminals."""

from __future__ import annotations

import pytest
from rich.console import Console
from rich.table import Table

from interlock.cli.tables import facts, table_of

NAME = "cuda-cudart-static_linux-64"
PLACE = "file:///home/user/a/channel/with/a/long/name/linux-64"


def listed() -> Table:
    table = table_of("name", "version", "source")
    table.add_row(NAME, "13.1.115", PLACE)
    return table


def told() -> Table:
    table = facts()
    table.add_row("channels", PLACE)
    return table


@pytest.mark.parametrize("table", [listed(), told()])
@pytest.mark.parametrize("width", [30, 40, 200])
def test_nothing_is_cut_off(table: Table, width: int) -> None:
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(table)
    lines = capture.get().splitlines()
    assert all(len(line) <= width for line in lines)
    assert "…" not in capture.get()
    shown = "".join(capture.get().split())
    assert all(shown.count(character) >= PLACE.count(character) for character in set(PLACE))
    assert width < 200 or PLACE in capture.get()
