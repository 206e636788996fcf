from __future__ import annotations

import sys

import pytest

from interlock.engines.rattler.detect import detect_virtual_packages


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names the packages of linux")
def test_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDA_OVERRIDE_GLIBC", "9.9")
    found = {package.name: package for package in detect_virtual_packages()}
    assert {"__unix", "__linux", "__archspec"} <= set(found)
    assert {package.origin for package in found.values()} == {"detected"}
    assert found["__glibc"].version != "9.9"
    assert found["__archspec"].build not in ("", "0")
