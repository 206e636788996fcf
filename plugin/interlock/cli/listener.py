"""The listeners of a command: progress on the screen, and what the output has to tell of the events at the end."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from interlock.cli.waiting import can_animate
from interlock_hooks import hookimpl
from interlock_hooks.types import CodeStarted, FindingReported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from interlock.cli.output import Output
    from interlock.cli.progress import Progress
    from interlock_hooks.types import Event


class Listener:
    """Passes events on to ``progress``, if it is shown, and keeps what the JSON document has of them."""

    def __init__(self, output: Output, progress: Progress | None) -> None:
        self._output = output
        self._progress = progress

    @hookimpl
    def interlock_event(self, event: Event) -> None:
        """Take note of an event; a finding of several environments or platforms is shown once."""
        if isinstance(event, CodeStarted):
            self._output.ran.append(event)
            return
        if isinstance(event, FindingReported):
            if event.finding in self._output.reported:
                return
            self._output.reported.append(event.finding)
        if self._progress is not None:
            self._progress.interlock_event(event)


@contextmanager
def showing_progress(output: Output) -> Iterator[Listener]:
    """A listener for the block; it shows progress on stderr, live in a terminal, unless the output is quiet.

    At the end of the block it is said whose code ran in it, if any did, however the block ends.
    """
    if output.quiet:
        yield Listener(output, None)
        return
    from interlock.cli.progress import Progress

    console, before = output.console(), len(output.ran)
    live = can_animate(console.file)
    progress = Progress(console, label=output.command, live=live, verbose=output.verbose > 0)
    try:
        with output.showing(progress):
            yield Listener(output, progress)
    finally:
        if ran := output.ran[before:]:
            from interlock.cli.whose_code import render_ran

            console.print(render_ran(ran, verbose=output.verbose > 0))
