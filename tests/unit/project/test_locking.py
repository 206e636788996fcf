"""What a lock is recorded to be the answer to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from interlock.lock.model import Lock
from interlock.pipeline import locking
from interlock.pipeline.locking import Locking
from interlock.project.lock_file import read_lock
from interlock.project.locking import lock_all
from interlock.project.opening import open_project
from interlock.project.up_to_date import lock_state
from interlock.project.updating import update
from interlock.project.written_edits import write
from interlock_hooks.testing.channel import PLATFORM
from interlock_hooks.types import InterlockError, Solve
from kit.locked import locked, record

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


@pytest.fixture
def solves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """What happens during the solves to come, in their order; each gives an answer of its own."""
    (tmp_path / "pixi.toml").write_text(f'[workspace]\nchannels = ["x"]\nplatforms = ["{PLATFORM}"]\n')
    meanwhile: list[Callable[[], object]] = []
    versions = iter("123456789")

    def solve(_: Solve, *__: Any, **___: Any) -> Locking:
        version = next(versions)
        if meanwhile:
            meanwhile.pop(0)()
        return Locking((locked(record(f"tool {version}")),))

    monkeypatch.setattr(locking, "lock_solve", solve)
    return meanwhile


def tool(lock: Lock | None) -> str:
    found = lock.get("default", PLATFORM) if lock else None
    assert found is not None
    return found.conda.records[0].version


def test_what_another_command_locked_meanwhile_stays(tmp_path: Path, solves: list[Callable[[], object]]) -> None:
    project, other = (open_project(str(tmp_path / "pixi.toml")) for _ in range(2))
    solves.append(lambda: lock_all(other))
    outcome = lock_all(project)
    assert not outcome.changed
    assert tool(outcome.lock) == tool(read_lock(project)) == "2"


def test_an_update_does_not_take_back_what_another_one_moved(
    tmp_path: Path, solves: list[Callable[[], object]]
) -> None:
    project, other = (open_project(str(tmp_path / "pixi.toml")) for _ in range(2))
    lock_all(project)
    solves.append(lambda: write(update(other, [])))
    edit = update(project, [])
    assert (tool(edit.old_lock), tool(edit.lock)) == ("1", "2")
    with pytest.raises(InterlockError) as error:
        write(edit)
    assert [(each.code, each.what) for each in error.value.findings] == [
        ("IL134", "interlock.lock changed while this command ran")
    ]
    assert tool(read_lock(project)) == "3"
