"""What reaches the programs that are started here."""

from __future__ import annotations

import pytest

from interlock.engines.environ import ALLOWED, SYSTEM_PATH, allowed_environment

STRAY = ("CC", "CFLAGS", "CUDA_HOME", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "PIP_INDEX_URL", "VIRTUAL_ENV")


def test_what_decides_a_build_is_left_behind() -> None:
    assert allowed_environment(dict.fromkeys(STRAY, "x")) == {"PATH": SYSTEM_PATH}


def test_user_network_and_language_are_kept() -> None:
    source = {name: f"the {name}" for name in ("HOME", "LANG", "https_proxy", "SSL_CERT_FILE", "TMPDIR")}
    assert allowed_environment(source) == {**source, "PATH": SYSTEM_PATH}


def test_the_callers_path_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/home/somebody/bin")
    monkeypatch.setenv("CC", "stray")
    found = allowed_environment()
    assert found["PATH"] == SYSTEM_PATH
    assert set(found) <= ALLOWED | {"PATH"}


def test_with_the_network_switched_off_proxies_lead_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERLOCK_OFFLINE", "1")
    found = allowed_environment({"https_proxy": "http://proxy.invalid:3128", "NO_PROXY": "*"})
    assert {found[name] for name in found if name.lower().endswith("_proxy") and "no" not in name.lower()} == {
        "http://127.0.0.1:9"
    }
    assert found["NO_PROXY"] == found["no_proxy"] == "localhost,127.0.0.1"
