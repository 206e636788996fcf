"""Where files are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from platformdirs import user_cache_path

from interlock.core.paths import cache_dir


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


@pytest.mark.parametrize("chosen", [None, "", " ", "/caches", "/caches/", " /caches", "caches", "~/caches"])
@pytest.mark.parametrize("home", ["/home/someone", None])
def test_the_users_cache_is_where_platformdirs_has_it(
    chosen: str | None, home: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("INTERLOCK_CACHE_DIR", None), ("XDG_CACHE_HOME", chosen), ("HOME", home)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert cache_dir() == user_cache_path("interlock", appauthor=False)


def test_paths_cost_little_to_import() -> None:
    """`env run` imports this module and must not pay for more than it needs."""
    heavy = ("platformdirs", "rich", "dataclasses")
    code = f"import sys, interlock.core.paths; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
