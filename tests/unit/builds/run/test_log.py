"""The log of a build: what it keeps, and what listeners get."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock.builds.run.log import BuildLog
from interlock_hooks.types import BuildOutput, Event


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("\x1b[01m\x1b[Ka.c:1:2:\x1b[m\x1b[K \x1b[01;31m\x1b[Kerror:\x1b[m\x1b[K bad", "a.c:1:2: error: bad"),
        ("\x1b]0;building\x07\x1b[2K\x1b[1A50%\x08\x08 \x1b(B\x1b7", "50% "),
        ("\tindented, \u2713 and [1/2] [31m stay", "\tindented, \u2713 and [1/2] [31m stay"),
    ],
)
def test_what_would_act_on_a_terminal_is_left_out(tmp_path: Path, line: str, kept: str) -> None:
    events: list[Event] = []
    with BuildLog(tmp_path, "ext", events.append) as log:
        log.write(line)
        assert list(log.lines()) == [f"{kept}\n"]
    assert events == [BuildOutput(name="ext", line=kept)]
