from __future__ import annotations

import pytest

from interlock.manifest import platforms


@pytest.mark.parametrize(
    ("system", "machine", "expected"),
    [
        ("linux", "x86_64", "linux-64"),
        ("linux", "aarch64", "linux-aarch64"),
        ("linux", "ppc64le", "linux-ppc64le"),
        ("darwin", "arm64", "osx-arm64"),
        ("darwin", "x86_64", "osx-64"),
        ("win32", "AMD64", "win-64"),
        ("win32", "ARM64", "win-arm64"),
    ],
)
def test_current_platform(system: str, machine: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platforms.sys, "platform", system)
    monkeypatch.setattr(platforms.host, "machine", lambda: machine)
    assert platforms.current_platform() == expected
    assert expected in platforms.SUBDIRS


def test_selectors_from_general_to_specific() -> None:
    ranks = [platforms.selector_rank(name, "gpu", "linux-64") for name in ("unix", "linux", "linux-64", "gpu")]
    assert ranks == sorted(rank for rank in ranks if rank is not None)
    assert platforms.selector_rank("win", "linux-64", "linux-64") is None
    assert platforms.selector_rank("unix", "win-64", "win-64") is None
    assert platforms.selector_rank("osx-64", "osx-arm64", "osx-arm64") is None
