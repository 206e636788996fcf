"""The cache of unpacked conda packages."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock.engines.rattler.record_json import record_from_json
from interlock.engines.rattler.unpacked import are_unpacked, forget_unpacked


def test_only_the_packages_themselves_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATTLER_CACHE_DIR", str(tmp_path))
    for name in ("tool-1.0-py_1", "tool-1.0-py_1-0a1b2c", "tool-1.0-py_10", "tool-1.0-py_1.d", "tool-extra-1.0-py_1"):
        (tmp_path / "pkgs" / name / "info").mkdir(parents=True)
    (tmp_path / "pkgs/tool-1.0-py_1.lock").touch()
    data = {"name": "tool", "version": "1.0", "build": "py_1", "build_number": 1, "subdir": "noarch"}
    forget_unpacked([record_from_json({**data, "fn": "tool-1.0-py_1.conda", "url": "https://example.org/t.conda"})])
    left = sorted(path.name for path in (tmp_path / "pkgs").iterdir())
    assert left == ["tool-1.0-py_1.d", "tool-1.0-py_1.lock", "tool-1.0-py_10", "tool-extra-1.0-py_1"]


def test_the_cache_has_packages_of_these_builds_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATTLER_CACHE_DIR", str(tmp_path))
    data = {"version": "1.0", "build": "py_1", "build_number": 1, "subdir": "noarch"}
    tool, other = (
        record_from_json({**data, "name": name, "fn": f"{name}-1.0-py_1.conda", "url": "https://example.org/t.conda"})
        for name in ("tool", "other")
    )
    assert not are_unpacked([tool])
    for name in ("tool-1.0-py_10", "other-1.0-py_1-0a1b2c"):
        (tmp_path / "pkgs" / name).mkdir(parents=True)
    (tmp_path / "pkgs/tool-1.0-py_1.lock").touch()
    assert not are_unpacked([tool])
    (tmp_path / "pkgs/tool-1.0-py_1.tar").mkdir()
    (tmp_path / "pkgs/tool-1.0-py_1").touch()
    assert not are_unpacked([other, tool])
    assert are_unpacked([other])
