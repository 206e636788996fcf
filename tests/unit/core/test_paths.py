"""Where files are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from interlock.core.names import PIXI_FOLDER
from interlock.core.paths import Layout, cache_dir


def test_the_files_of_a_project(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    assert layout.prefix("gpu") == tmp_path / ".interlock" / "envs" / "gpu"
    assert layout.logs == tmp_path / ".interlock" / "logs"
    assert layout.lock_file == tmp_path / "interlock.lock"


def test_as_a_pixi_extension_prefixes_are_where_pixi_has_them(tmp_path: Path) -> None:
    layout = Layout(tmp_path, PIXI_FOLDER)
    assert layout.prefix("default") == tmp_path / ".pixi" / "envs" / "default"
    assert layout.lock_file == Layout(tmp_path).lock_file


def test_the_cache_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path / "cache"))
    assert cache_dir() == tmp_path / "cache"


def test_a_chosen_cache_is_made_absolute_and_knows_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", "~/cache")
    assert cache_dir() == tmp_path / "cache"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", "relative")
    assert cache_dir() == tmp_path / "relative"


def test_without_a_choice_it_is_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INTERLOCK_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_dir().name == "interlock"
    assert cache_dir().is_relative_to(tmp_path) or sys.platform != "linux"


def test_paths_cost_little_to_import() -> None:
    """The no-op install imports this module and must not pay for more than it needs."""
    code = "import sys, interlock.core.paths; print([name for name in ('platformdirs', 'rich') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
