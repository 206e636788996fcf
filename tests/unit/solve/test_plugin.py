from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from interlock.solve.plugin import SolvePlugin
from interlock.solve.request import make_conda_request
from interlock_hooks.testing.channel import Channel
from interlock_hooks.types import SystemRequirement
from solve.conftest import Ask, record


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RATTLER_CACHE_DIR", raising=False)
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path / "cache"))


def test_virtual_packages(ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDA_OVERRIDE_GLIBC", "2.34")
    request = ask(system_requirements=(SystemRequirement(name="__cuda", version="12.4"),))
    found = SolvePlugin().interlock_virtual_packages(request)
    assert ("__cuda", "12.4", "declared") in {(entry.name, entry.version, entry.origin) for entry in found}
    assert ("__glibc", "2.34", "override") in {(entry.name, entry.version, entry.origin) for entry in found}


def test_a_solve(ask, tmp_path: Path) -> None:
    channel = Channel(tmp_path / "channel")
    channel.add("lib", "1.0")
    request = make_conda_request(ask("lib", channels=(channel.url,)), [], ())
    solution = SolvePlugin().interlock_conda_solve(request)
    assert [entry.name for entry in solution.records] == ["lib"]


def test_names(ask: Ask) -> None:
    assert SolvePlugin().interlock_pypi_names(record("x", purls=("pkg:pypi/y",)), ask()) == ["y"]
    assert SolvePlugin().interlock_pypi_names(record("x", noarch="python"), ask()) is None


def test_loading_the_plugin_is_cheap() -> None:
    code = "import sys, interlock.solve.plugin; sys.exit('rattler' in sys.modules or 'gzip' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
