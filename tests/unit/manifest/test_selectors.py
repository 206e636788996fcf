from __future__ import annotations

from interlock.manifest.selectors import matches


def test_a_platform_by_its_name_subdir_and_families() -> None:
    assert all(matches(selector, "gpu", "linux-64") for selector in ("unix", "linux", "linux-64", "gpu"))
    assert not matches("win", "linux-64", "linux-64")
    assert not matches("unix", "win-64", "win-64")
    assert not matches("osx-64", "osx-arm64", "osx-arm64")
