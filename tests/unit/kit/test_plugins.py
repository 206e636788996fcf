"""The kit's plugins and the places where they stop."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from interlock_hooks.testing.plugins import write_plugin
from interlock_hooks.testing.sdists import Backend
from interlock_hooks.types import StageStarted
from kit.pipes import Pipe
from kit.plugins import stop_at_stage


def test_a_plugin_is_found_by_its_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_plugin(tmp_path, "my-plugin", "answer = 42\n")
    monkeypatch.syspath_prepend(tmp_path)
    (found,) = [entry for entry in entry_points(group="interlock") if entry.name == "my-plugin"]
    assert found.load().answer == 42


def test_a_waiting_build_says_who_it_is(pipe: Pipe) -> None:
    with subprocess.Popen([sys.executable, "-c", Backend.waiting(pipe.path).on_build]) as process:
        assert int(pipe.read()) == process.pid
        process.kill()


def test_nothing_waits_once_the_pipe_is_gone(pipe: Pipe) -> None:
    pipe.path.unlink()
    subprocess.run([sys.executable, "-c", Backend.waiting(pipe.path).on_build], check=True, timeout=60)


def test_a_stopping_plugin_stops_at_its_stage_only(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    namespace: dict[str, object] = {}
    exec(stop_at_stage("wheels", gate), namespace)
    listener = namespace["interlock_event"]
    assert callable(listener)
    os.mkfifo(gate)
    listener(StageStarted(stage="builds"))  # would block: nobody reads
    gate.unlink()
    listener(StageStarted(stage="wheels"))
