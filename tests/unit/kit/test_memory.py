"""Where tests write."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from kit import memory

GIB = 1 << 30


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A machine with just enough room for two workers."""
    made = SimpleNamespace(f_flag=0, f_bavail=2 * GIB >> 12, f_frsize=1 << 12, f_favail=200_000)
    monkeypatch.setattr(os, "statvfs", lambda folder: made)
    monkeypatch.setattr(memory, "_memory_left", lambda: 4 * GIB)
    return made


def test_memory_is_used_where_all_workers_have_room(machine: SimpleNamespace, tmp_path: Path) -> None:
    assert memory.has_room(2, tmp_path)
    assert not memory.has_room(3, tmp_path)


@pytest.mark.parametrize("lack", [{"f_flag": os.ST_NOEXEC}, {"f_bavail": 1 << 17}, {"f_favail": 199_999}])
def test_a_place_that_lacks_something_is_not_used(
    machine: SimpleNamespace, tmp_path: Path, lack: dict[str, int]
) -> None:
    vars(machine).update(lack)
    assert not memory.has_room(2, tmp_path)


def test_a_machine_without_the_place_or_with_little_memory_left(
    machine: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_memory_left", lambda: 4 * GIB - 1)
    assert not memory.has_room(2, tmp_path)
    monkeypatch.undo()
    assert not memory.has_room(0, tmp_path / "absent")


def test_a_container_may_have_less_memory_than_its_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=8 * GIB))
    membership, outer, inner = tmp_path / "cgroup", tmp_path / "groups/outer", tmp_path / "groups/outer/inner"
    inner.mkdir(parents=True)
    for group, limit, used in ((tmp_path / "groups", "max", 5), (outer, 6 * GIB, 1 * GIB), (inner, "max", 1)):
        (group / "memory.max").write_text(f"{limit}\n")
        (group / "memory.current").write_text(f"{used}\n")
    membership.write_text("3:cpu:/elsewhere\n0::/outer/inner\n")
    assert memory._memory_left(tmp_path / "groups", membership) == 5 * GIB
    membership.write_text("0::/\n")
    assert memory._memory_left(tmp_path / "groups", membership) == 8 * GIB
    assert memory._memory_left(tmp_path / "groups", tmp_path / "absent") == 8 * GIB
