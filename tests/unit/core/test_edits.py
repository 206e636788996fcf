"""An edit that is killed before its lock is written changes nothing."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from interlock.core.edits import editing, take_back

_EDIT = """
import os, signal, sys
from pathlib import Path
from interlock.core.edits import editing
from interlock.core.files import write_atomic

root, steps = Path(sys.argv[1]), int(sys.argv[2])
changes = {root / "manifest": b"new", root / "beside": b"made", root / "gone": None}
with editing(root / ".interlock", root / "lock", changes):
    todo = [*changes.items(), (root / "lock", b"new lock")]
    for path, content in todo[:steps]:
        write_atomic(path, content, alone=True) if content else path.unlink()
    (root / ".lock.new").write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""
_BEFORE = {"manifest": "old", "gone": "old", "lock": "old lock"}
_AFTER = {"manifest": "new", "beside": "made", "lock": "new lock"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in _BEFORE.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def killed_after(steps: int, root: Path) -> None:
    subprocess.run([sys.executable, "-c", _EDIT, str(root), str(steps)], check=False)
    assert (root / ".interlock/edits").is_dir()


def files(root: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in root.iterdir() if path.is_file()}


@pytest.mark.parametrize("steps", range(5))
def test_all_files_are_the_old_ones_until_the_lock_is_the_new_one(root: Path, steps: int) -> None:
    killed_after(steps, root)
    take_back(root / ".interlock")
    assert files(root) == (_AFTER if steps == 4 else _BEFORE)
    assert not (root / ".interlock/edits").exists()


def test_what_somebody_changed_since_stays(root: Path) -> None:
    killed_after(2, root)
    (root / "manifest").write_text("edited")
    take_back(root / ".interlock")
    assert files(root) == {**_BEFORE, "manifest": "edited"}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"lock": 1, "before": null, "files": {}}', '{"files": {"x": 1}}'])
def test_a_damaged_journal_takes_nothing_back(root: Path, text: str) -> None:
    (root / ".interlock/edits").mkdir(parents=True)
    (root / ".interlock/edits/journal").write_text(text)
    take_back(root / ".interlock")
    assert files(root) == _BEFORE
    assert not (root / ".interlock/edits").exists()


def test_an_edit_that_is_under_way_is_left_alone(root: Path) -> None:
    with editing(root / ".interlock", root / "lock", {root / "manifest": b"new"}):
        (root / "manifest").write_text("new")
        take_back(root / ".interlock")
        assert (root / "manifest").read_text() == "new"
    assert {path.name for path in root.iterdir()} == _BEFORE.keys()


def test_edits_are_made_one_after_the_other(root: Path) -> None:
    script = _EDIT.replace("os.kill(os.getpid(), signal.SIGKILL)", "(root / '.lock.new').unlink()")
    with editing(root / ".interlock", root / "lock", {}):
        process = subprocess.Popen([sys.executable, "-c", script, str(root), "4"])
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
    assert process.wait(60) == 0
    assert files(root) == _AFTER


def test_what_goes_wrong_in_an_edit_is_told(root: Path) -> None:
    with pytest.raises(FileNotFoundError), editing(root / ".interlock", root / "lock", {}):
        (root / "missing").read_bytes()
    assert not (root / ".interlock").exists()


def test_edits_that_begin_while_others_end_get_their_turn(root: Path) -> None:
    counted = []

    def edit(_: int) -> None:
        for _ in range(100):
            with editing(root / ".interlock", root / "lock", {}):
                counted.append(len(counted))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(edit, range(8)))
    assert counted == list(range(800))
    assert not (root / ".interlock/edits").exists()
