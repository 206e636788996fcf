"""Third-party plugins, as if they had been installed beside Interlock."""

from __future__ import annotations

from pathlib import Path

from interlock_hooks.types import Stage
from kit.files import write_tree
from kit.sdists import WAIT
from kit.wheels import core_metadata, escaped

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


def write_plugin(folder: Path, name: str, source: str, version: str = "1.0") -> Path:
    """Write a distribution with one module that is a plugin, and return the module's path."""
    module = escaped(name)
    info = f"{module}-{version}.dist-info"
    write_tree(
        folder,
        {
            f"{module}.py": source,
            f"{info}/METADATA": core_metadata(name, version),
            f"{info}/entry_points.txt": f"[interlock]\n{name} = {module}\n",
        },
    )
    return folder / f"{module}.py"
