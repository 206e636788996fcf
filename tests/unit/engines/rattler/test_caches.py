from __future__ import annotations

from pathlib import Path

import pytest

from interlock.engines.rattler import caches


def test_caches_follow_the_users_choice(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert caches.package_cache_dir() == own_cache / "conda" / "pkgs"
    monkeypatch.setenv("RATTLER_CACHE_DIR", "/shared")
    assert caches.package_cache_dir() is None
    monkeypatch.delenv("RATTLER_CACHE_DIR")
    monkeypatch.delenv("INTERLOCK_CACHE_DIR")
    assert caches.conda_cache_dir() is None
