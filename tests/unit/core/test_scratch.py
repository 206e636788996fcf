from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from interlock.core.scratch import remove_abandoned, temporary_directory, working_directory

OWNER = """
import sys
from pathlib import Path
from interlock.core.scratch import working_directory
with working_directory(Path(sys.argv[1]), "demo") as folder:
    (folder / "file").write_text("x")
    print(folder, flush=True)
    sys.stdin.read()
"""


def test_a_working_directory_lives_as_long_as_its_block(tmp_path: Path) -> None:
    with working_directory(tmp_path / "builds", "demo") as folder:
        assert folder.parent == tmp_path / "builds"
        assert folder.name.startswith("demo-")
        assert remove_abandoned(folder.parent) == []
        assert folder.is_dir()
    assert not folder.exists()


def test_it_goes_with_an_exception_too(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), working_directory(tmp_path, "demo") as folder:
        raise RuntimeError
    assert not folder.exists()


def test_two_have_different_names(tmp_path: Path) -> None:
    with working_directory(tmp_path, "demo") as one, working_directory(tmp_path, "demo") as two:
        assert one != two


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        folder = Path(owner.stdout.readline().strip())
        assert remove_abandoned(tmp_path) == []
        owner.kill()
        owner.wait()
    assert (folder / "file").is_file()
    assert remove_abandoned(tmp_path) == [folder]
    assert list(tmp_path.iterdir()) == []


TEMPORARY = """
import os, signal
from interlock.core.scratch import temporary_directory
with temporary_directory() as folder:
    (folder / "file").write_text("x")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_left_among_temporary_files_goes_with_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    subprocess.run([sys.executable, "-c", TEMPORARY], env={"TMPDIR": str(tmp_path)}, check=False)
    (left,) = tmp_path.glob("interlock-*/*")
    with temporary_directory() as folder:
        assert not left.exists()
        assert list(folder.iterdir()) == []
    assert [path for path in tmp_path.rglob("*") if path != left.parent] == []


def test_a_folder_that_others_could_have_made_is_not_used_for_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    shared = tmp_path / f"interlock-{os.getuid()}"
    shared.mkdir()
    shared.chmod(0o777)
    with temporary_directory() as folder:
        assert folder.parent == tmp_path
    assert list(tmp_path.iterdir()) == [shared]


def test_a_folder_that_does_not_exist_holds_nothing(tmp_path: Path) -> None:
    assert remove_abandoned(tmp_path / "absent") == []
