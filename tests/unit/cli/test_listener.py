from __future__ import annotations

from interlock.cli.listener import Listener
from interlock.cli.output import Output
from interlock_hooks.types import Event, Finding, FindingReported, Severity


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
