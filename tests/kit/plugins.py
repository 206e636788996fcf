"""Plugins that the scenarios need."""

from __future__ import annotations

from pathlib import Path

from interlock_hooks.testing.sdists import WAIT
from interlock_hooks.types import Stage

_STOP_AT_STAGE = """
from interlock_hooks import hookimpl
from interlock_hooks.types import StageStarted

@hookimpl
def interlock_event(event):
    if isinstance(event, StageStarted) and event.stage == {stage!r}:
        exec({code!r})
"""


def stop_at_stage(stage: Stage, pipe: Path) -> str:
    """The source of a plugin that says so through ``pipe`` when a stage begins, and then waits."""
    return _STOP_AT_STAGE.format(stage=stage, code=WAIT.format(pipe=str(pipe)))
