"""What a lock is recorded to be the answer to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from interlock.pipeline import locking
from interlock.pipeline.locking import Locking
from interlock.project.locking import lock_all, read_lock
from interlock.project.opening import open_project
from interlock.project.up_to_date import lock_state
from interlock_hooks.testing.channel import PLATFORM
from interlock_hooks.types import Solve
from kit.locked import locked

PROJECT = '[project]\nname = "own"\nversion = "1"\ndependencies = [{}]\n'


def test_a_tree_that_changes_during_the_solve_makes_the_lock_outdated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = tmp_path / "own" / "pyproject.toml"
    tree.parent.mkdir()
    tree.write_text(PROJECT.format('"numpy"'))
    manifest = tmp_path / "pixi.toml"
    manifest.write_text(
        f'[workspace]\nchannels = ["x"]\nplatforms = ["{PLATFORM}"]\n[pypi-dependencies]\nown = {{ path = "own" }}\n'
    )

    edits: list[str] = []

    def solve(_: Solve, *__: Any, **___: Any) -> Locking:
        for text in edits:
            tree.write_text(text)
        return Locking((locked(),))

    def state_after_locking() -> str:
        lock_all(project)
        return lock_state(project, read_lock(project), "default", PLATFORM)

    monkeypatch.setattr(locking, "lock_solve", solve)
    project = open_project(str(manifest))
    assert state_after_locking() == "current"
    tree.write_text(PROJECT.format('"pandas"'))
    edits.append(PROJECT.format('"scipy"'))
    assert state_after_locking() == "outdated"
    assert state_after_locking() == "current"
