"""The sign of life of a command that has said nothing yet."""

from __future__ import annotations

import io
import subprocess
import sys
import threading

import pytest

from interlock.cli.waiting import Waiting, can_animate

_PATIENCE_SECONDS = 30


class Screen(io.StringIO):
    """A stream that tells when something was written to it."""

    def __init__(self, *, tty: bool = True) -> None:
        super().__init__()
        self.written = threading.Event()
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty

    def write(self, text: str) -> int:
        self.written.set()
        return super().write(text)


def test_it_names_the_command_and_how_long_it_takes() -> None:
    now = 10.0
    waiting = Waiting("env tree", Screen(), clock=lambda: now)
    first = waiting.frame()
    now = 75.75
    assert (first[1:], waiting.frame()[1:]) == (" env tree 0:00", " env tree 1:05")
    assert first[0] != waiting.frame()[0]


def test_it_says_what_is_worked_on_in_one_line() -> None:
    waiting = Waiting("audit", Screen(), clock=lambda: 0.0)
    waiting.tell("a\x1b[2Jb\n.whl")
    assert waiting.frame()[1:] == " audit 0:00 a?[2Jb?.whl"
    assert waiting.frame(columns=16)[1:] == " audit 0:00 a?"
    waiting.tell("")
    assert waiting.frame()[1:] == " audit 0:00"


def test_a_command_that_is_quick_shows_nothing() -> None:
    screen = Screen()
    waiting = Waiting("env tree", screen, patience=_PATIENCE_SECONDS)
    waiting.show()
    waiting.hide()
    waiting.hide()
    assert screen.getvalue() == ""


def test_nothing_is_left_on_the_line() -> None:
    screen = Screen()
    waiting = Waiting("env tree", screen, patience=0)
    for _ in range(2):
        screen.written.clear()
        waiting.show()
        assert screen.written.wait(_PATIENCE_SECONDS)
        waiting.hide()
        assert "env tree" in screen.getvalue()
        assert screen.getvalue().endswith("\r\x1b[K")


def test_a_terminal_that_is_gone_does_not_matter() -> None:
    screen = Screen()
    screen.close()
    waiting = Waiting("env tree", screen, patience=0)
    waiting.show()
    waiting.hide()


@pytest.mark.parametrize(
    ("term", "tty", "animated"),
    [("xterm-256color", True, True), ("xterm", False, False), ("dumb", True, False), ("", True, False)],
)
def test_only_a_terminal_that_can_go_back_is_animated(
    monkeypatch: pytest.MonkeyPatch, term: str, tty: bool, animated: bool
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert can_animate(Screen(tty=tty)) is animated


def test_it_costs_little_to_import() -> None:
    code = "import sys, interlock.cli.waiting; print('rich' in sys.modules, 'interlock_hooks' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"
