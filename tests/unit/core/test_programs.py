"""Finding programs as a shell does."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from interlock.core.programs import find_program


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A search path: the first directory has what only looks like a program, and one is not there."""
    for name in ("first", "second", "third"):
        (tmp_path / name).mkdir()
    (tmp_path / "first/tool").mkdir()
    (tmp_path / "second/tool").write_text("#!/bin/sh\n")
    for path in ("third/tool", "third/other", "here"):
        (tmp_path / path).write_text("#!/bin/sh\n")
        (tmp_path / path).chmod(0o755)
    (tmp_path / "third/dangling").symlink_to("nowhere")
    monkeypatch.chdir(tmp_path)
    return os.pathsep.join(str(tmp_path / name) for name in ("missing", "first", "second", "third"))


@pytest.mark.parametrize(
    "name", ["tool", "other", "nothing", "dangling", "here", "./here", "third/tool", "first/tool", ""]
)
@pytest.mark.parametrize("end", ["", ":", ":."])
def test_programs_are_found_as_the_standard_library_finds_them(folders: str, name: str, end: str) -> None:
    assert find_program(name, folders + end) == shutil.which(name, path=folders + end)


def test_of_several_the_first_that_can_be_run_counts(folders: str, tmp_path: Path) -> None:
    assert find_program("tool", folders) == str(tmp_path / "third/tool")
    assert find_program("tool", "") is None
