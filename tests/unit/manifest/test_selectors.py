from __future__ import annotations

from interlock.manifest.selectors import selector_rank


def test_selectors_from_general_to_specific() -> None:
    ranks = [selector_rank(name, "gpu", "linux-64") for name in ("unix", "linux", "linux-64", "gpu")]
    assert ranks == sorted(rank for rank in ranks if rank is not None)
    assert selector_rank("win", "linux-64", "linux-64") is None
    assert selector_rank("unix", "win-64", "win-64") is None
    assert selector_rank("osx-64", "osx-arm64", "osx-arm64") is None
