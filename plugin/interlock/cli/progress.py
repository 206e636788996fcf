"""Progress on stderr: a live view in a terminal, plain lines elsewhere. One listener of ``interlock_event``."""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING

from rich.console import Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from interlock.cli.render import render_finding
from interlock.cli.steps import split_step
from interlock.cli.waiting import PATIENCE
from interlock.core.durations import duration_text
from interlock_hooks import hookimpl
from interlock_hooks.types import (
    BuildFinished,
    BuildOutput,
    BuildStarted,
    FindingReported,
    StageFinished,
    StageProgress,
    StageStarted,
    Step,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console, RenderableType

    from interlock_hooks.types import Event

_LABELS = {
    "recipes": "build recipes",
    "conda-solve": "solve conda",
    "pypi-resolve": "resolve PyPI",
    "explain": "explain conflict",
    "metadata": "read metadata",
    "plan": "plan builds",
    "conda-install": "link conda packages",
    "wheels": "install wheels",
    "builds": "build from source",
    "channel": "build channel",
    "audit": "audit",
    "pack": "pack",
}
_LABEL_WIDTH = max(len(label) for label in _LABELS.values())
_BAR_WIDTH = 24


class _Stage:
    """The running stage as the live view shows it."""

    def __init__(self, stage: str, began: float) -> None:
        self.stage = stage
        self.began = began
        self.item = ""
        self.done = 0
        self.total = 0

    def see(self, event: StageStarted | StageProgress) -> None:
        if isinstance(event, StageStarted):
            self.item = event.detail
        else:
            self.item, self.done, self.total = event.item, event.done, event.total


_BEGUN: dict[Step, str] = {
    "requirements": "asking the backend for its requirements ({mode})",
    "metadata": "{mode} metadata build started",
    "wheel": "{mode} build started",
}


class _Build:
    """A running build as the live view shows it."""

    def __init__(self, started: BuildStarted, began: float) -> None:
        self.title = started.name if started.version is None else f"{started.name} {started.version}"
        self.mode = started.mode.value + ("" if started.step == "wheel" else f" {started.step}")
        self.began = began
        self.step = ""
        self.line = ""

    def see(self, line: str) -> None:
        step, rest = split_step(line)
        self.step = step or self.step
        self.line = rest or self.line


class Progress:
    """Shows events as they come; safe to call from several threads.

    ``clock`` gives seconds, as :func:`time.monotonic` does.
    """

    def __init__(
        self,
        console: Console,
        *,
        label: str = "",
        live: bool,
        verbose: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._console = console
        self._label = label
        self._verbose = verbose
        self._clock = clock
        self._lock = threading.Lock()
        self._is_live = live
        self._live: Live | None = None
        # Since when nothing runs that has a row of its own.
        self._began = self._idle_since = clock()
        # By what they are for.
        self._stages: dict[str, _Stage] = {}
        self._builds: dict[str, _Build] = {}
        # One spinner for all frames: a new one would always stand still at its first.
        self._spinner = Spinner("dots", style="cyan")

    def show(self) -> None:
        """Begin the live view, in a terminal that can have one."""
        if self._is_live and self._live is None:
            self._live = Live(
                # Empty at the end: rich draws the last view whole, even one that is higher than the screen.
                get_renderable=lambda: self.view() if self._live is not None else Text(),
                console=self._console,
                transient=True,
                refresh_per_second=8,
                # What is printed elsewhere stays on the stream that it is for; see Output.
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()

    def hide(self) -> None:
        """Leave nothing of the live view on the screen."""
        live, self._live = self._live, None
        if live is not None:
            live.stop()

    @hookimpl
    def interlock_event(self, event: Event) -> None:
        """Take note of an event and print what stays on the screen."""
        with self._lock:
            self._note(event)
            if self._stages or self._builds:
                self._idle_since = math.inf
            elif self._idle_since == math.inf:
                self._idle_since = self._clock()

    def _note(self, event: Event) -> None:
        if isinstance(event, (StageStarted, StageProgress)):
            running = self._stages.get(event.target)
            if running is None or running.stage != event.stage:
                # One that failed has no end of its own.
                running = self._stages[event.target] = _Stage(event.stage, self._clock())
            running.see(event)
        elif isinstance(event, StageFinished):
            self._stages.pop(event.target, None)
            taken = f"  {duration_text(event.seconds)}" if event.seconds else ""
            self._print(
                Text.assemble(
                    ("✓ ", "green"), f"{_LABELS[event.stage]:<{_LABEL_WIDTH}}  ", event.detail, (taken, "dim")
                )
            )
        elif isinstance(event, BuildStarted):
            build = self._builds[event.name] = _Build(event, self._clock())
            if not self._is_live:
                self._print(
                    Text(f"  {build.title}: {_BEGUN[event.step].format(mode=event.mode.value)}, log {event.log}")
                )
        elif isinstance(event, BuildOutput):
            self._see_output(event)
        elif isinstance(event, BuildFinished):
            self._finish(event)
        elif isinstance(event, FindingReported):
            self._print(render_finding(event.finding))

    def _see_output(self, event: BuildOutput) -> None:
        build = self._builds.get(event.name)
        if build is not None:
            build.see(event.line)
        if self._verbose:
            self._print(Text(f"  {event.name}│ {event.line}", style="dim"))

    def _finish(self, event: BuildFinished) -> None:
        build = self._builds.pop(event.name, None)
        if build is None:
            return
        mark, ending = (("✓ ", "green"), "") if event.ok else (("✗ ", "red"), " failed")
        if event.needs:
            mark, ending = ("↻ ", "yellow"), f" needs {', '.join(event.needs)}, starting again"
        taken = f"  {duration_text(event.seconds)}"
        self._print(Text.assemble("  ", mark, f"{build.title} ({build.mode}){ending}", (taken, "dim")))

    def _print(self, renderable: RenderableType) -> None:
        self._console.print(renderable)

    def view(self) -> RenderableType:
        """What is shown below the printed lines now: the running stages, then one row for each running build."""
        rows: list[RenderableType] = [self._stage_row(stage) for stage in list(self._stages.values())]
        if self._builds:
            table = Table.grid(padding=(0, 1))
            table.add_column(no_wrap=True)
            table.add_column(no_wrap=True, style="cyan")
            table.add_column(no_wrap=True, justify="right")
            table.add_column(no_wrap=True, style="bold")
            table.add_column(style="dim")
            for build in list(self._builds.values()):
                elapsed = _elapsed(self._clock() - build.began)
                table.add_row(f"  {build.title}", build.mode, elapsed, build.step, _shortened(build.line))
            rows.append(table)
        now = self._clock()
        if now - self._idle_since >= PATIENCE:
            rows.append(_row([self._spinner, Text(self._label), Text(_elapsed(now - self._began), style="dim")]))
        return Group(*rows)

    def _stage_row(self, stage: _Stage) -> RenderableType:
        cells: list[RenderableType] = [self._spinner, Text(_LABELS[stage.stage], no_wrap=True)]
        if stage.total:
            cells.append(ProgressBar(total=stage.total, completed=stage.done, width=_BAR_WIDTH))
            cells.append(Text(f"{stage.done}/{stage.total}", no_wrap=True))
        elif stage.done:
            cells.append(Text(str(stage.done), no_wrap=True))
        cells.append(Text(_elapsed(self._clock() - stage.began), style="dim", no_wrap=True))
        cells.append(_shortened(stage.item))
        return _row(cells)


def _row(cells: Sequence[RenderableType]) -> Table:
    row = Table.grid(padding=(0, 1))
    for _ in cells[:-1]:
        row.add_column(no_wrap=True)
    row.add_column()
    row.add_row(*cells)
    return row


def _shortened(text: str) -> Text:
    """Text that gives way when a row gets too long: a column that may not wrap would shorten the others with it."""
    return Text(text, no_wrap=True, overflow="ellipsis")


def _elapsed(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"
