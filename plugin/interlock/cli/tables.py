"""Tables in a terminal: without lines, and folded where it is narrow, so that nothing is cut off."""

from __future__ import annotations

from rich.table import Table


def table_of(*headers: str) -> Table:
    """A table with a line of headers."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for header in headers:
        table.add_column(header, overflow="fold")
    return table


def facts() -> Table:
    """Two columns: what something is called, and what it is."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    return table
