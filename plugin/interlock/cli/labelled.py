"""A label with text beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label with text beside it, which wraps under itself; without padding, so that pipes get clean lines."""

    label: str
    text: Text
    indent: int = 8

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = max(options.max_width - self.indent, 20)
        lead = Text(self.label.rjust(self.indent - 2) + "  ", style="cyan")
        for paragraph in self.text.split("\n", allow_blank=True):
            # A width of its own for each line, or the wrapped text would be padded on the right.
            lines = [paragraph] if options.no_wrap else paragraph.wrap(console, width)
            for line in lines:
                line.rstrip()
                yield Text.assemble(lead, line)
                lead = Text(" " * cell_len(lead.plain))
