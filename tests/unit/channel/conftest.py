"""Fixtures of the channel tests: a miniature of NVIDIA's wheels instead of the network."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from channel.miniature import write_release
from interlock.channel import recipes


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with miniature releases 13.0 and 13.1; pip looks nowhere else, and the download cache is empty."""
    folder = tmp_path / "index"
    for minor in ("13.0", "13.1"):
        write_release(folder, minor)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path / "cache"))
    return folder


@pytest.fixture
def downloaded(index: Path, tmp_path: Path) -> Path:
    """The same releases, already in the download cache: pip, which takes a second, is not needed."""
    cache = tmp_path / "cache" / "channel"
    cache.parent.mkdir()
    index.rename(cache)
    return cache


@pytest.fixture
def python_recipe(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The scripts of the python recipe, importable for the time of the test."""
    directory = recipes.recipe_directory("python")
    monkeypatch.syspath_prepend(str(directory))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    for module in ("debian", "describe", "relocate", "repackage"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    return directory
