from __future__ import annotations

import pytest
from rattler import Subdir

from interlock.core import platforms


@pytest.mark.parametrize(
    ("system", "machine", "expected"),
    [
        ("linux", "x86_64", "linux-64"),
        ("linux", "aarch64", "linux-aarch64"),
        ("linux", "ppc64le", "linux-ppc64le"),
        ("linux", "riscv64", "linux-riscv64"),
        ("linux", "i586", "linux-32"),
        ("freebsd14", "amd64", "freebsd-64"),
        ("win32", "x86", "win-32"),
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


def test_a_machine_that_conda_has_no_name_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platforms.sys, "platform", "sunos5")
    monkeypatch.setattr(platforms.host, "machine", lambda: "sun4v")
    assert platforms.current_platform() == "sunos5-sun4v"


@pytest.mark.parametrize("name", platforms.SUBDIRS)
def test_the_names_are_rattlers(name: str) -> None:
    assert str(Subdir(name)) == name == platforms.find_subdir(name).name


def test_this_machine() -> None:
    assert platforms.current_platform() == str(Subdir.current())
