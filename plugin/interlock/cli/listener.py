"""Chooses how progress is shown: live, plain, or not at all."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from interlock.cli.output import Output
    from interlock.cli.progress import Progress


@contextmanager
def showing_progress(output: Output) -> Iterator[Progress | None]:
    """A listener that shows progress on stderr while the block runs; ``None`` when the output is quiet."""
    if output.quiet:
        yield None
        return
    from interlock.cli.progress import Progress

    console = output.console()
    with Progress(console, live=console.is_terminal, verbose=output.verbose > 0) as progress:
        yield progress
