"""What commands leave on the screen of a terminal."""

from __future__ import annotations

import pytest

from interlock_hooks.testing.project import program_path
from interlock_hooks.testing.sdists import Backend
from kit.project import Project
from kit.terminal import Terminal

pytestmark = pytest.mark.scenario

ERROR = "a.c:3:5: error: unknown type name 'nothing'"
# As gcc writes it to a terminal.
COLOURED = "\\x1b[1ma.c:3:5: \\x1b[31merror: \\x1b[munknown type name 'nothing'"
SIGNS = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


def at_terminal(project: Project, *args: str, columns: int, term: str) -> tuple[int, Terminal]:
    """Run a command in a terminal to its end."""
    env = project.environment({"TERM": term})
    terminal = Terminal([program_path("interlock"), *args], env=env, cwd=project.root, columns=columns)
    return terminal.wait(), terminal


def test_a_command_leaves_its_lines_and_nothing_else(project: Project) -> None:
    build = f'print("{COLOURED}")\nraise SystemExit("error: command \'gcc\' failed with exit code 1")'
    project.index.wheel("app", "1.0")
    project.index.sdist("ext", "1.0", backend=Backend(on_build=build))
    project.declare("ext")

    code, narrow = at_terminal(project, "env", "install", columns=40, term="xterm")
    assert code == 3
    screen = narrow.screen
    assert not any(sign in line for line in screen for sign in SIGNS)
    assert all(len(line) <= 40 for line in screen)
    shown = " ".join(" ".join(screen).split())
    assert "error[IL430]: the build of ext 1.0 failed (build_wheel)" in shown
    assert f"why {ERROR} {ERROR} error: command" in shown
    # A path is folded wherever the line ends.
    assert ".interlock/logs/ext-1.0-" in "".join(shown.rpartition(ERROR)[2].split())
    assert narrow.raw.count(b"\x1b[?25l") == narrow.raw.count(b"\x1b[?25h")

    code, dumb = at_terminal(project, "env", "install", columns=200, term="dumb")
    assert code == 3
    assert b"\x1b" not in dumb.raw
    lines = dumb.screen
    assert any(line.startswith("  ext 1.0: isolated build started, log") for line in lines)
    assert f"   why  {ERROR}" in lines
    assert not any(sign in line for line in lines for sign in SIGNS)

    code, wide = at_terminal(project, "env", "add", "app", "--dry-run", columns=200, term="xterm")
    assert code == 0
    lines = wide.screen
    assert any(line.startswith("app ") for line in lines)
    assert list(filter(None, lines))[-1] == "nothing was written (--dry-run)"
    assert not any(sign in line for line in lines for sign in SIGNS)
