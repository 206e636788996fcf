"""Progress: what stays on the screen, and what the live view shows."""

from __future__ import annotations

import io
import threading
from pathlib import Path
from typing import get_args

import pytest
from rich.console import Console

from interlock.cli.progress import Progress
from interlock.plugins.manager import Plugins
from interlock_hooks.types import (
    BuildFinished,
    BuildMode,
    BuildOutput,
    BuildStarted,
    Event,
    FindingReported,
    Stage,
    StageFinished,
    StageProgress,
    StageStarted,
    Step,
)
from kit.hooks import FINDING

STARTED = BuildStarted(name="flash-attn", version="2.7.4", mode=BuildMode.MATCHED, log=Path("/logs/flash-attn.log"))
FINISHED = BuildFinished(name="flash-attn", version="2.7.4", ok=True, seconds=80)


class Screen:
    """A progress on a console of 80 columns, with a clock that is set by hand."""

    def __init__(self, *, live: bool = False, verbose: bool = False) -> None:
        self.now = 0.0
        self.console = Console(file=io.StringIO(), width=80, force_terminal=live, record=True, color_system=None)
        self.progress = Progress(self.console, label="env add", live=live, verbose=verbose, clock=lambda: self.now)

    def send(self, *events: Event) -> None:
        for event in events:
            self.progress.interlock_event(event)

    @property
    def printed(self) -> list[str]:
        return [line.rstrip() for line in self.console.export_text(clear=False).splitlines()]

    @property
    def view(self) -> list[str]:
        with self.console.capture() as capture:
            self.console.print(self.progress.view())
        return [line.rstrip() for line in capture.get().splitlines() if line.strip()]


# -- lines that stay -------------------------------------------------------------------------------------------------


def test_stages_leave_a_line_when_they_are_done() -> None:
    screen = Screen()
    screen.send(
        StageStarted(stage="conda-solve", detail="default, linux-64"),
        StageFinished(stage="conda-solve", detail="31 packages", seconds=0.31),
        StageFinished(stage="plan", detail="2 builds"),
    )
    assert screen.printed == ["✓ solve conda          31 packages  0.3 s", "✓ plan builds          2 builds"]


@pytest.mark.parametrize("stage", get_args(Stage))
def test_every_stage_has_a_name_for_people(stage: Stage) -> None:
    screen = Screen()
    screen.send(StageStarted(stage=stage), StageFinished(stage=stage, detail="result"))
    (line,) = screen.printed
    assert line.index("result") == len("✓ link conda packages  ")


def test_without_a_terminal_builds_say_when_they_begin_and_end() -> None:
    screen = Screen()
    screen.send(STARTED, BuildOutput(name="flash-attn", line="compiling"), FINISHED)
    assert screen.printed == [
        "  flash-attn 2.7.4: matched build started, log /logs/flash-attn.log",
        "  ✓ flash-attn 2.7.4 (matched)  1 min 20 s",
    ]


def test_a_failed_build_says_so() -> None:
    screen = Screen()
    screen.send(STARTED, BuildFinished(name="flash-attn", version="2.7.4", ok=False, seconds=3))
    assert screen.printed[-1] == "  ✗ flash-attn 2.7.4 (matched) failed  3.0 s"


def test_a_build_that_starts_again_is_no_failure() -> None:
    screen = Screen()
    screen.send(
        STARTED, BuildFinished(name="flash-attn", version="2.7.4", ok=False, seconds=3, needs=("torch", "ninja"))
    )
    assert screen.printed[-1] == "  ↻ flash-attn 2.7.4 (matched) needs torch, ninja, starting again  3.0 s"


def test_what_a_backend_is_asked_is_told_apart() -> None:
    screen = Screen()
    for step in get_args(Step):
        screen.send(BuildStarted(name="a", version="1", mode=BuildMode.ISOLATED, log=Path("/l"), step=step))
    assert screen.printed == [
        "  a 1: asking the backend for its requirements (isolated), log /l",
        "  a 1: isolated metadata build started, log /l",
        "  a 1: isolated build started, log /l",
    ]


def test_a_version_that_is_not_known_yet_is_not_shown() -> None:
    screen = Screen()
    started = BuildStarted(name="a", version=None, mode=BuildMode.ISOLATED, log=Path("/l"), step="metadata")
    screen.send(started, BuildFinished(name="a", version=None, ok=True, seconds=1))
    assert screen.printed == [
        "  a: isolated metadata build started, log /l",
        "  ✓ a (isolated metadata)  1.0 s",
    ]


def test_verbose_shows_what_builds_print_without_reading_it_as_markup() -> None:
    screen = Screen(verbose=True)
    screen.send(STARTED, BuildOutput(name="flash-attn", line="[red]x[/red] [1/2] cc"))
    assert screen.printed[-1] == "  flash-attn│ [red]x[/red] [1/2] cc"


def test_verbose_says_without_a_terminal_when_a_stage_begins() -> None:
    for verbose, live, expected in (
        (True, False, ["· plan builds          default"]),
        (True, True, []),
        (False, False, []),
    ):
        screen = Screen(verbose=verbose, live=live)
        screen.send(StageStarted(stage="plan", detail="default"), StageProgress(stage="plan", done=0, item="rich 1"))
        assert screen.printed == expected


def test_findings_are_shown_as_they_come() -> None:
    screen = Screen()
    screen.send(FindingReported(finding=FINDING))
    assert screen.printed == ["warning[IL890]: refused"]


def test_output_and_end_of_an_unknown_build_are_passed_over() -> None:
    screen = Screen()
    screen.send(BuildOutput(name="flash-attn", line="x"), FINISHED)
    assert screen.printed == []


# -- the live view ---------------------------------------------------------------------------------------------------


def test_nothing_runs_and_nothing_is_shown() -> None:
    assert Screen().view == []


def test_a_stage_shows_what_it_works_on_and_how_long() -> None:
    screen = Screen()
    screen.send(StageStarted(stage="conda-solve", detail="default, linux-64"))
    screen.now = 65
    (row,) = screen.view
    assert row.split(maxsplit=1)[1] == "solve conda 1:05 default, linux-64"


def test_a_stage_with_a_known_end_has_a_bar_and_a_count() -> None:
    screen = Screen()
    screen.send(StageStarted(stage="conda-install"), StageProgress(stage="conda-install", done=3, total=12, item="xz"))
    (row,) = screen.view
    assert row.count("━") > 3
    assert row.endswith("3/12 0:00 xz")


def test_a_stage_without_a_known_end_is_counted() -> None:
    screen = Screen()
    screen.send(StageProgress(stage="channel", done=3, item="cuda-nvcc"))
    assert screen.view[0].endswith("build channel 3 0:00 cuda-nvcc")


def test_stages_for_different_targets_have_one_row_each() -> None:
    screen = Screen()
    long = "test-with-a-name-that-is-longer-than-most-names-of-environments-are on osx-arm64"
    screen.send(StageStarted(stage="conda-solve", detail="default on linux-64", target="default on linux-64"))
    screen.now = 3
    screen.send(
        StageStarted(stage="conda-solve", detail=long, target=long),
        StageStarted(stage="pypi-resolve", detail="default on linux-64", target="default on linux-64"),
    )
    screen.now = 5
    first, second = screen.view
    assert first.split(maxsplit=1)[1] == "resolve PyPI 0:02 default on linux-64"
    assert second.split(maxsplit=1)[1].startswith("solve conda 0:02 test-with-a-name")
    assert second.endswith("…")
    screen.send(StageFinished(stage="pypi-resolve", detail="2 packages", target="default on linux-64"))
    assert [row.split(maxsplit=1)[1][:11] for row in screen.view] == ["solve conda"]


def test_a_stage_that_is_done_leaves_the_view() -> None:
    screen = Screen()
    screen.send(StageStarted(stage="plan"), StageFinished(stage="plan"))
    assert screen.view == []


def test_each_running_build_has_one_row() -> None:
    screen = Screen()
    other = BuildStarted(name="vector-add", version="1.0", mode=BuildMode.NO_ISOLATION, log=Path("/l"))
    screen.send(STARTED)
    screen.now = 12
    screen.send(
        other,
        BuildOutput(name="flash-attn", line="[12/73] nvcc -c a.cu"),
        BuildOutput(name="flash-attn", line="a warning"),
        BuildOutput(name="flash-attn", line="   "),
    )
    screen.now = 83
    assert [row.split() for row in screen.view] == [
        ["flash-attn", "2.7.4", "matched", "1:23", "[12/73]", "a", "warning"],
        ["vector-add", "1.0", "no-isolation", "1:11"],
    ]
    screen.send(FINISHED)
    assert len(screen.view) == 1


def test_a_row_is_one_line_and_only_the_output_is_shortened() -> None:
    screen = Screen()
    screen.send(STARTED, BuildOutput(name="flash-attn", line="[1/2] nvcc " + "x" * 200))
    (row,) = screen.view
    assert row.startswith("  flash-attn 2.7.4 matched 0:00 [1/2] nvcc xxx")
    assert row.endswith("…")
    assert len(row) <= 80


def test_the_spinner_turns() -> None:
    screen = Screen()
    screen.send(StageStarted(stage="plan"))
    first = screen.view[0][0]
    screen.now = 0.1
    assert screen.view[0][0] != first


def test_in_a_terminal_lines_stay_above_the_view_and_the_view_goes_away() -> None:
    screen = Screen(live=True)
    screen.progress.show()
    screen.send(STARTED, StageStarted(stage="builds"), FINISHED)
    screen.progress.hide()
    assert "  ✓ flash-attn 2.7.4 (matched)  1 min 20 s" in screen.printed
    assert not any("build started" in line for line in screen.printed)


class Drawn(io.StringIO):
    """A terminal that tells when a text is drawn on it."""

    def __init__(self, awaited: str) -> None:
        super().__init__()
        self._awaited = awaited
        self.came = threading.Event()

    def write(self, text: str) -> int:
        if self._awaited in text:
            self.came.set()
        return super().write(text)


def test_nothing_is_left_of_a_view_that_is_higher_than_the_screen() -> None:
    drawn = Drawn("p0 1")
    console = Console(file=drawn, width=40, height=3, force_terminal=True, color_system=None, _environ={})
    progress = Progress(console, live=True, clock=lambda: 0.0)
    for number in range(9):
        progress.interlock_event(BuildStarted(name=f"p{number}", version="1", mode=BuildMode.ISOLATED, log=Path("/l")))
    progress.show()
    assert drawn.came.wait(30)
    progress.hide()
    assert "p8" not in drawn.getvalue()
    before, _, cleared = drawn.getvalue().rpartition("\x1b[?25h")
    assert before.endswith("\x1b[1A\x1b[2K" * 2 + "\n")
    assert cleared == "\r\x1b[1A\x1b[2K"


def test_while_nothing_runs_the_command_is_named_after_half_a_second() -> None:
    screen = Screen()
    screen.now = 0.4
    assert screen.view == []
    screen.now = 0.5
    assert [row[2:] for row in screen.view] == ["env add 0:00"]
    screen.progress.tell("a.whl")
    assert [row[2:] for row in screen.view] == ["env add 0:00 a.whl"]
    screen.progress.tell("")
    screen.send(StageStarted(stage="plan"))
    screen.now = 61
    assert [row.split()[1:] for row in screen.view] == [["plan", "builds", "1:00"]]
    screen.send(StageFinished(stage="plan"))
    assert screen.view == []
    screen.now = 62
    assert [row[2:] for row in screen.view] == ["env add 1:02"]


def test_events_from_many_threads() -> None:
    screen = Screen()
    plugins = Plugins()
    plugins.register_builtin("progress", screen.progress)

    def build(name: str) -> None:
        plugins.event(BuildStarted(name=name, version="1", mode=BuildMode.ISOLATED, log=Path("/l")))
        plugins.event(BuildFinished(name=name, version="1", ok=True, seconds=1))

    threads = [threading.Thread(target=build, args=(f"p{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([line for line in screen.printed if line.startswith("  ✓ p")]) == 8
    assert screen.view == []
