"""Progress on stderr: a live view in a terminal, plain lines elsewhere. One listener of ``interlock_event``."""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING

from rich.console import Group
from rich.live import Live
from rich.text import Text

from interlock.cli.progress_rows import BuildRow, StageRow, build_texts, stage_text
from interlock.cli.render import render_finding
from interlock.cli.steps import split_step
from interlock.cli.waiting import PATIENCE, sign_at
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
    from collections.abc import Callable

    from rich.console import Console, RenderableType

    from interlock_hooks.types import Event

_LABELS = {
    "recipes": "build recipes",
    "conda-solve": "solve conda",
    "pypi-resolve": "resolve PyPI",
    "explain": "explain conflict",
    "metadata": "read metadata",
    "plan": "plan builds",
    "conda-fetch": "fetch conda",
    "conda-install": "link conda packages",
    "files": "compare files",
    "downloads": "download wheels",
    "wheels": "install wheels",
    "builds": "build from source",
    "channel": "build channel",
    "audit": "audit",
    "pack": "pack",
}
_LABEL_WIDTH = max(len(label) for label in _LABELS.values())


class _Stage:
    """The running stage as the live view shows it."""

    def __init__(self, stage: str, began: float) -> None:
        self.stage = stage
        self.began = began
        self.detail = ""
        self.item = ""
        self.done = 0
        self.total = 0

    def see(self, event: StageStarted | StageProgress) -> None:
        if isinstance(event, StageStarted):
            self.detail = event.detail
            return
        self.item = event.item
        # What an engine does is told without a count.
        if event.done or event.total:
            self.done, self.total = event.done, event.total

    def row(self, now: float) -> StageRow:
        return StageRow(
            sign=sign_at(now),
            label=_LABELS[self.stage],
            seconds=now - self.began,
            done=self.done,
            total=self.total,
            item=self.item,
            detail=self.detail,
        )


_BEGUN: dict[Step, str] = {
    "requirements": "asking the backend for its requirements ({mode})",
    "metadata": "{mode} metadata build started",
    "wheel": "{mode} build started",
}


class _Build:
    """A running build as the live view shows it."""

    def __init__(self, started: BuildStarted, began: float) -> None:
        words = (started.name, started.version, started.target and f"({started.target})")
        self.title = " ".join(filter(None, words))
        self.mode = started.mode.value + ("" if started.step == "wheel" else f" {started.step}")
        self.began = began
        self.step = ""
        self.line = ""

    def see(self, line: str) -> None:
        step, rest = split_step(line)
        self.step = step or self.step
        self.line = rest or self.line

    def row(self, now: float) -> BuildRow:
        return BuildRow(title=self.title, mode=self.mode, seconds=now - self.began, step=self.step, line=self.line)


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
        self._what = ""
        # By what they are for.
        self._stages: dict[str, _Stage] = {}
        self._builds: dict[tuple[str, str], _Build] = {}

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

    def tell(self, what: str) -> None:
        """Show what is worked on, as long as no stage and no build says it."""
        self._what = what

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
            if self._verbose and not self._is_live and isinstance(event, StageStarted):
                self._print(Text(f"· {_LABELS[event.stage]:<{_LABEL_WIDTH}}  {event.detail}", style="dim"))
        elif isinstance(event, StageFinished):
            self._stages.pop(event.target, None)
            taken = f"  {duration_text(event.seconds)}" if event.seconds else ""
            self._print(
                Text.assemble(
                    ("✓ ", "green"), f"{_LABELS[event.stage]:<{_LABEL_WIDTH}}  ", event.detail, (taken, "dim")
                )
            )
        elif isinstance(event, BuildStarted):
            build = self._builds[event.name, event.target] = _Build(event, self._clock())
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
        build = self._builds.get((event.name, event.target))
        if build is not None:
            build.see(event.line)
        if self._verbose:
            self._print(Text(f"  {event.name}│ {event.line}", style="dim"))

    def _finish(self, event: BuildFinished) -> None:
        build = self._builds.pop((event.name, event.target), None)
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
        now, width = self._clock(), self._console.width
        stages = [stage.row(now) for stage in list(self._stages.values())]
        if now - self._idle_since >= PATIENCE:
            stages.append(StageRow(sign=sign_at(now), label=self._label, seconds=now - self._began, item=self._what))
        builds = [build.row(now) for build in list(self._builds.values())]
        return Group(*(stage_text(row, width) for row in stages), *build_texts(builds, width))
