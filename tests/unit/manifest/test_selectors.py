from __future__ import annotations

from interlock.manifest.selectors import matches


def test_a_platform_by_its_name_subdir_and_families() -> None:
    assert all(matches(selector, "gpu", "linux-64") for selector in ("unix", "linux", "linux-64", "gpu"))
    assert all(matches(selector, "osx-arm64", "osx-arm64") for selector in ("unix", "osx", "macos"))
    assert not matches("win", "linux-64", "linux-64")
    assert not matches("unix", "win-64", "win-64")
    assert not matches("osx-64", "osx-arm64", "osx-arm64")


def test_patterns_match_whole_names() -> None:
    assert all(matches(selector, "cuda-linux", "linux-64") for selector in ("cuda-*", "*linux", "*", "c*-l**x"))
    assert not any(matches(selector, "cuda-linux", "linux-64") for selector in ("cuda*a", "linux*", "CUDA-*", "*-64"))
