"""A stage, as listeners see it."""

from __future__ import annotations

from interlock.core.activity import doing
from interlock.pipeline.steps import stage, tally
from interlock.plugins.manager import Plugins
from interlock_hooks import hookimpl
from interlock_hooks.types import Event, StageFinished, StageProgress, StageStarted


class Listener:
    def __init__(self) -> None:
        self.events: list[Event] = []

    @hookimpl
    def interlock_event(self, event: Event) -> None:
        self.events.append(event)


def test_a_stage_tells_what_engines_do_in_it() -> None:
    plugins, listener = Plugins(), Listener()
    plugins.register_builtin("listener", listener)
    with stage(plugins, "pypi-resolve", "default on linux-64", target="default") as done:
        doing("rich 15.0.0")
        done(tally(1, "package", "default on linux-64"))
    doing("something else")
    started, progress, finished = listener.events
    assert started == StageStarted(stage="pypi-resolve", detail="default on linux-64", target="default")
    assert progress == StageProgress(stage="pypi-resolve", done=0, item="rich 15.0.0", target="default")
    assert isinstance(finished, StageFinished)
    assert finished.detail == "1 package for default on linux-64"
