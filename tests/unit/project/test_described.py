from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from interlock.core.paths import cache_dir
from interlock.engines import gpus
from interlock.engines.rattler import detect
from interlock.project import described
from interlock.project.described import (
    EnvironmentInfo,
    LockInfo,
    ProjectInfo,
    describe_again,
    found_here,
    remember_description,
    unread_beside,
)
from interlock_hooks.types import InfoSection, VirtualPackage


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(described, "may_have_driver", lambda: False)
    return {"prefix": str(tmp_path / "env"), "inputs": {"pixi.toml": [1, 2, "3"]}}


def info_of(state: dict[str, Any], root: Path) -> ProjectInfo:
    return ProjectInfo(
        name="p",
        manifest=str(root / "pixi.toml"),
        platform="linux-64",
        channels=("conda-forge",),
        virtual_packages=(VirtualPackage(name="__cuda", version="13.0", origin="declared"),),
        sections=(InfoSection(name="cuda", data={"driver": None}, rows=(("GPU", "none"),), findings=()),),
        environments=(EnvironmentInfo("default", ("linux-64",), state["prefix"], installed=False),),
        lock=LockInfo("interlock.lock", "current"),
        plugins=(),
        **found_here(str(root / "pixi.toml"), denied=True),
    )


def test_what_is_remembered_is_what_was_described(state: dict[str, Any], tmp_path: Path) -> None:
    assert describe_again(state) is None
    info = info_of(state, tmp_path)
    remember_description(state, info)
    again = describe_again(state)
    assert again is not None
    assert (again.name, list(again.channels), again.lock, again.confinement, again.versions, again.findings) == (
        *(info.name, list(info.channels), info.lock, info.confinement, info.versions, ()),
    )
    assert [(each.name, each.version, each.build, each.origin) for each in again.virtual_packages] == [
        ("__cuda", "13.0", "0", "declared")
    ]
    assert [(each.name, each.data, list(map(tuple, each.rows))) for each in again.sections] == [
        ("cuda", {"driver": None}, [("GPU", "none")])
    ]
    assert describe_again({**state, "inputs": {}}) is None


def test_what_may_change_meanwhile_is_looked_up(
    state: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember_description(state, info_of(state, tmp_path))
    (tmp_path / "env/conda-meta").mkdir(parents=True)
    (tmp_path / "environment.yml").touch()
    monkeypatch.setattr(described, "can_deny_network", lambda: "as it is now")
    again = describe_again(state)
    assert again is not None
    assert again.environments[0].installed
    assert again.unread == (str(tmp_path / "environment.yml"),)
    assert again.confinement.network == "as it is now"
    assert again.cache == str(cache_dir())


def test_another_driver_or_gpu_makes_another_answer(
    state: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember_description(state, info_of(state, tmp_path))
    monkeypatch.setattr(described, "may_have_driver", lambda: True)
    for driver, capabilities in (("12.4", ()), ("12.6", ()), ("12.6", ("9.0",))):
        found = VirtualPackage(name="__cuda", version=driver, origin="detected")
        monkeypatch.setattr(detect, "detect_driver", lambda found=found: [found])
        monkeypatch.setattr(gpus, "present_capabilities", lambda capabilities=capabilities: capabilities)
        assert describe_again(state) is None, (driver, capabilities)
        remember_description(state, info_of(state, tmp_path))
        assert describe_again(state) is not None


def test_versions_are_those_of_the_installed_distributions() -> None:
    versions = found_here("/pixi.toml", denied=False)["versions"]
    assert {name: versions[name] for name in ("uv", "py-rattler")} == {
        name: version(name) for name in ("uv", "py-rattler")
    }


def test_environment_files_that_do_not_count(tmp_path: Path) -> None:
    first, second = (str(tmp_path / name) for name in ("environment.yml", "environment.yaml"))
    for path in (first, second):
        Path(path).touch()
    assert unread_beside(first) == (second,)
    assert unread_beside(str(tmp_path / "pyproject.toml")) == (first, second)
    assert unread_beside(str(tmp_path / "a" / "pixi.toml")) == ()
