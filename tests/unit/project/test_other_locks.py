from __future__ import annotations

from pathlib import Path

import pytest

from interlock.project.other_locks import preferences
from interlock_hooks.types import EnvironmentRequest, LockedEnvironment

PIXI_LOCK = """\
version: 6
environments:
  default:
    channels:
    - url: https://conda.anaconda.org/conda-forge/
    indexes:
    - https://example.com/simple
    packages:
      linux-64:
      - conda: https://conda.anaconda.org/conda-forge/linux-64/zlib-1.3-h0_0.conda
      - pypi: https://example.com/click-8.1.7-py3-none-any.whl
      - pypi: ./local
packages:
- conda: https://conda.anaconda.org/conda-forge/linux-64/zlib-1.3-h0_0.conda
  sha256: 0000000000000000000000000000000000000000000000000000000000000000
  depends: [libc]
  purls: ["pkg:pypi/zlib"]
- pypi: https://example.com/click-8.1.7-py3-none-any.whl
  name: click
  version: 8.1.7
- pypi: ./local
  name: local
  version: 0.1.0
"""
UV_LOCK = """\
version = 1
[[package]]
name = "Flask"
version = "3.0"
source = { registry = "https://example.com/simple" }
[[package]]
name = "click"
version = "8.0"
source = { registry = "https://example.com/simple" }
[[package]]
name = "forked"
version = "1"
source = { registry = "https://example.com/simple" }
[[package]]
name = "forked"
version = "2"
source = { registry = "https://example.com/simple" }
[[package]]
name = "mine"
version = "0.1"
source = { editable = "." }
"""


def earlier(root: Path, name: str = "default", platform: str = "linux-64") -> LockedEnvironment | None:
    lock, _ = preferences(root, [EnvironmentRequest(name=name, platform=platform, root=root)])
    return lock.get(name, platform)


def told(root: Path) -> list[tuple[str, str]]:
    _, findings = preferences(root, [EnvironmentRequest(name="default", platform="linux-64", root=root)])
    return [(each.code, each.what) for each in findings]


def versions(found: LockedEnvironment | None) -> dict[str, str]:
    assert found is not None
    return {package.name: package.version for package in found.resolution.packages}


def test_nothing_is_preferred_where_there_is_no_other_lock(tmp_path: Path) -> None:
    assert earlier(tmp_path) is None
    assert told(tmp_path) == []


def test_what_pixis_lock_has_of_an_environment(tmp_path: Path) -> None:
    (tmp_path / "pixi.lock").write_text(PIXI_LOCK)
    found = earlier(tmp_path)
    assert versions(found) == {"click": "8.1.7"}
    assert found is not None
    (record,) = found.conda.records
    assert (record.name, record.version, record.depends, record.purls) == ("zlib", "1.3", ("libc",), None)
    assert record.channel == "https://conda.anaconda.org/conda-forge/"
    assert told(tmp_path) == [("IL626", "versions of pixi.lock are preferred")]
    assert earlier(tmp_path, platform="osx-arm64") is None
    assert earlier(tmp_path, name="other") is None


def test_uvs_lock_adds_what_pixis_does_not_have(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text(UV_LOCK)
    assert versions(earlier(tmp_path)) == {"flask": "3.0", "click": "8.0"}
    (tmp_path / "pixi.lock").write_text(PIXI_LOCK)
    assert versions(earlier(tmp_path)) == {"flask": "3.0", "click": "8.1.7"}
    assert [code for code, _ in told(tmp_path)] == ["IL626", "IL626"]


@pytest.mark.parametrize("name", ["pixi.lock", "uv.lock"])
@pytest.mark.parametrize("content", [b"version: 99\nenvironments: {}\n", b"[", b"\xff", b""])
def test_a_lock_that_cannot_be_read_is_no_obstacle(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert earlier(tmp_path) is None
    if content or name == "pixi.lock":
        assert [code for code, _ in told(tmp_path)] == ["IL627"]


@pytest.mark.parametrize("text", ["package = 1", "package = [1]", "[[package]]\nname = 1\nversion = 'x y'"])
def test_what_uv_would_not_write_counts_as_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "uv.lock").write_text(text)
    assert earlier(tmp_path) is None
