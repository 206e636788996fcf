"""What `env map` finds in the channels; of locks the scenarios tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock.project.names import name_origins
from interlock.project.opening import Project, open_project
from interlock_hooks.testing.channel import PLATFORM, Channel
from interlock_hooks.types import InterlockError

PYTHON = "python 3.12.*"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path / "cache"))
    channel = Channel(tmp_path / "conda-forge")
    for name, version in {"pytorch": "2.5", "pytorch-cpu": "2.6", "zlib": "1.3", "company-torch": "3.0"}.items():
        channel.add(name, version, depends=[PYTHON] if name != "zlib" else [])
    channel.add("pytorch", "2.6", depends=[PYTHON])
    manifest = tmp_path / "project" / "pixi.toml"
    manifest.parent.mkdir()
    manifest.write_text(
        f'[workspace]\nchannels = ["{channel.url}"]\nplatforms = ["{PLATFORM}"]\n'
        'conda-pypi-map = { conda-forge = { mapping = { company-torch = "torch", pytorch-cpu = false } } }\n'
    )
    return open_project(str(manifest))


def found(project: Project, name: str) -> dict[str, tuple[str, ...]]:
    origins = name_origins(project, "default", name)
    assert origins.source == "channels"
    return {
        each.record.name: (each.origin.rule, *(f"{entry.name} {entry.version}" for entry in each.supplies))
        for each in origins.records
    }


def test_by_the_name_of_the_distribution(project: Project) -> None:
    assert found(project, "Torch") == {"company-torch": ("inline", "torch 3.0"), "pytorch": ("snapshot", "torch 2.6")}


def test_by_the_name_of_the_conda_package(project: Project) -> None:
    assert found(project, "pytorch") == {"pytorch": ("snapshot", "torch 2.6")}
    assert found(project, "pytorch-cpu") == {"pytorch-cpu": ("inline",)}
    assert found(project, "zlib") == {"zlib": ("snapshot",)}


def test_of_an_unknown_name(project: Project) -> None:
    with pytest.raises(InterlockError) as error:
        name_origins(project, "default", "surely-missing")
    assert [finding.code for finding in error.value.findings] == ["IL245"]
