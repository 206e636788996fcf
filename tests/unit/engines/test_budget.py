from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from interlock.engines.budget import Budget, used_memory, used_space

MARK = ("INTERLOCK_TEST_BUDGET", f"budget-{os.getpid()}")
_HELD = 1 << 26


def test_what_lies_elsewhere_as_well_takes_no_space(tmp_path: Path) -> None:
    (tmp_path / "build").mkdir()
    (tmp_path / "elsewhere").write_bytes(b"x" * 100_000)
    os.link(tmp_path / "elsewhere", tmp_path / "build" / "linked")
    assert used_space(str(tmp_path / "build")) == 0
    (tmp_path / "build" / "own").write_bytes(b"x" * 100_000)
    (tmp_path / "build" / "dangling").symlink_to("nowhere")
    assert used_space(str(tmp_path / "build")) >= 100_000
    assert used_space(str(tmp_path / "nothing")) == 0


@pytest.mark.parametrize("disk", [50_000, None])
def test_who_uses_more_space_is_ended(tmp_path: Path, disk: int | None) -> None:
    (tmp_path / "before").write_bytes(b"x" * 1_000_000)
    ended = threading.Event()
    budget = Budget(disk, None)
    with budget.watched(str(tmp_path), MARK, ended.set):
        (tmp_path / "file").write_bytes(b"x" * 100_000)
        assert disk is None or ended.wait(60)
    assert ended.is_set() is (disk is not None)
    assert (budget.exceeded or [None])[0] == (None if disk is None else "disk")


def test_the_memory_of_all_programs_of_a_build_counts(tmp_path: Path) -> None:
    code = f"held = b'x' * {_HELD}; print('ready', flush=True); input()"
    ended = threading.Event()
    budget = Budget(None, _HELD)
    environment = {**os.environ, MARK[0]: MARK[1]}
    command = [sys.executable, "-c", code]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with budget.watched(str(tmp_path), MARK, ended.set):
            assert ended.wait(60)
        assert used_memory(*MARK) > _HELD
        assert used_memory(MARK[0], "another") == 0
        process.communicate(b"\n")
    assert budget.exceeded is not None
    assert budget.exceeded[0] == "memory"
