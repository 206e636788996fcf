"""What is in wheels is remembered by their hashes, as long as it can be read."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from interlock.engines.wheel_files import (
    WheelFiles,
    forget_wheels,
    recall_wheel,
    remember_wheel,
    see_wheels,
    unseen_wheels,
)
from kit.engines import package

FILES = WheelFiles({"app.py": "sha256=x", "conda-meta/x": None}, {"bin/app": "entry-point=app:main"})


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path))
    return tmp_path


def test_a_wheel_is_known_by_its_hash() -> None:
    app, other = package("app", "1.0"), package("app", "1.0", sha256="ff")
    unhashed = replace(app, artifact=replace(app.artifact, sha256=None))
    remember_wheel(app, FILES)
    assert recall_wheel(app) == FILES
    assert (recall_wheel(other), recall_wheel(unhashed)) == (None, None)
    assert unseen_wheels([app, other, unhashed]) == [other]


@pytest.mark.parametrize("content", [b"", b"\0\0\0", b"[]", b"{}", b'{"site": 1, "prefix": {}}'])
def test_what_was_damaged_is_seen_again(cache: Path, content: bytes) -> None:
    app = package("app", "1.0")
    remember_wheel(app, FILES)
    (kept,) = cache.rglob("*.json")
    kept.write_bytes(content)
    assert recall_wheel(app) is None
    assert unseen_wheels([app]) == [app]


def test_only_what_was_installed_whole_and_as_wanted_was_seen(tmp_path: Path) -> None:
    for name, files in {"half-1.0": ["RECORD"], "old-1.0": ["RECORD", "INSTALLER"]}.items():
        info = tmp_path / f"prefix/lib/python3.12/site-packages/{name}.dist-info"
        info.mkdir(parents=True)
        for file in files:
            (info / file).write_text("")
    wanted = [package("half", "1.0"), package("old", "2.0"), package("none", "1.0")]
    see_wheels(wanted, tmp_path / "prefix")
    assert unseen_wheels(wanted) == wanted


def test_what_nobody_asks_about_is_forgotten(cache: Path) -> None:
    assert forget_wheels(unused_for=0) == []
    asked, idle = package("app", "1.0"), package("app", "1.0", sha256="ff")
    for each in (asked, idle):
        remember_wheel(each, FILES)
    for kept in cache.rglob("*.json"):
        os.utime(kept, (0, 0))
    assert recall_wheel(asked) == FILES
    (removed,) = forget_wheels(unused_for=3600)
    assert removed.name == "ff.json"
    assert unseen_wheels([asked, idle]) == [idle]
