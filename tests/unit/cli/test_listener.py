from __future__ import annotations

from contextlib import nullcontext

import pytest

from interlock.cli.listener import Listener, showing_progress
from interlock.cli.output import Output
from interlock_hooks.types import CodeStarted, Event, Finding, FindingReported, Severity


class Shown:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def interlock_event(self, event: Event) -> None:
        self.events.append(event)


def test_what_several_platforms_report_alike_is_told_once() -> None:
    output, shown = Output("env lock", json=True), Shown()
    listener = Listener(output, shown)  # type: ignore[arg-type]
    first, other = (Finding(code="IL243", what=what, severity=Severity.WARNING) for what in ("a map", "another map"))
    for finding in (first, other, first):
        listener.interlock_event(FindingReported(finding=finding))
    assert output.reported == [first, other]
    assert len(shown.events) == 2


RAN = CodeStarted(kind="backend", name="demo", version="1.0", step="metadata", entry="backend", why="nothing says it")


@pytest.mark.parametrize("fails", [False, True])
def test_whose_code_ran_is_said_at_the_end_however_it_ends(capsys: pytest.CaptureFixture[str], fails: bool) -> None:
    output = Output("env lock")
    with pytest.raises(ValueError, match="broken") if fails else nullcontext(), showing_progress(output) as listener:
        for _ in range(2):
            listener.interlock_event(RAN)
        if fails:
            raise ValueError("broken")
    assert output.ran == [RAN, RAN]
    assert capsys.readouterr() == ("", "ran code of demo 1.0 (metadata)\n")
    with showing_progress(output):
        pass
    assert capsys.readouterr() == ("", "")  # it was said once


def test_a_quiet_command_keeps_whose_code_ran_for_its_document(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output("env lock", quiet=True)
    with showing_progress(output) as listener:
        listener.interlock_event(RAN)
    assert output.ran == [RAN]
    with showing_progress(Output("env lock")):
        pass
    assert capsys.readouterr() == ("", "")
