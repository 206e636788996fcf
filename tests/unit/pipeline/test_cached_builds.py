"""What builds lack with the network switched off: sources, build requirements, and what these are built with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from interlock.builds.sources.download import kept_at
from interlock.core.findings import not_cached
from interlock.pipeline import cached, cached_builds
from interlock.pipeline.cached_builds import lacks_of_builds
from interlock_hooks.types import (
    Artifact,
    BuildMode,
    BuildPlan,
    BuiltWheel,
    Environment,
    InterlockError,
    Missing,
    PrebuiltWheel,
    PyPIPackage,
)
from unit.builds.conftest import make_environment, plan_for, wheel_package


def sdist(name: str) -> PyPIPackage:
    artifact = Artifact(kind="sdist", url=f"https://index.invalid/{name}.tar.gz", sha256="b" * 64)
    return replace(wheel_package(name), artifact=replace(artifact, filename=f"{name}.tar.gz"))


@pytest.fixture
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """An environment; uv has the wheel of ``here``, and making a build environment with an sdist lacks a page."""
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(
        "interlock.engines.uv_cache.not_in_cache", lambda packages, **_: [p for p in packages if p.name != "here"]
    )

    def fail(plan: BuildPlan, *_: Any) -> None:
        raise InterlockError(not_cached([Missing(kind="index-page", name="deep", needed_by=plan.name)]))

    monkeypatch.setattr(cached_builds, "create_build_environment", fail)
    return make_environment(tmp_path / "prefix", tmp_path)


def lacks(environment: Environment, *plans: BuildPlan, stored: tuple[str, ...] = (), conda: bool = True) -> list[str]:
    seen: list[tuple[str, list[str]]] = []

    def look(plan: BuildPlan, environment: Environment) -> BuiltWheel | None:
        seen.append((plan.name, [wheel.name for wheel in environment.built]))
        return SimpleNamespace(name=plan.name) if plan.name in stored else None  # type: ignore[return-value]

    service = SimpleNamespace(stored_wheel=look)
    plugins: Any = SimpleNamespace(event=print, builds=SimpleNamespace(using=lambda _: service))
    locked = replace(environment.locked, plans=plans)
    prefix = environment.prefix if conda else None
    found = lacks_of_builds(replace(environment, locked=locked), lambda: prefix, plugins)
    assert all(set(plan.after) <= set(built) for plan in plans for name, built in seen if name == plan.name)
    return [str(each) for each in found]


def keep(package: PyPIPackage) -> PyPIPackage:
    path = kept_at(package.artifact)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return package


def test_sources_and_build_requirements(surroundings: Environment) -> None:
    plan = plan_for(sdist("app"), overlay=(wheel_package("here"), wheel_package("tool")))
    source = "sdist app 1.0 (https://index.invalid/app.tar.gz)"
    tool = "wheel tool 1.0 (https://index.invalid/tool-1.0-py3-none-any.whl), to build app"
    assert lacks(surroundings, plan) == [source, tool]
    keep(plan.package)
    assert lacks(surroundings, plan) == [tool]
    assert lacks(surroundings, replace(plan, overlay=plan.overlay[:1])) == []
    assert lacks(surroundings, plan, stored=("app",)) == []
    # What the store has cannot be told before there is an interpreter.
    assert lacks(surroundings, plan, stored=("app",), conda=False) == [tool]


def test_a_stored_wheel_is_found_with_those_that_its_build_has_seen(surroundings: Environment) -> None:
    first = plan_for(keep(sdist("first")))
    second = plan_for(sdist("second"), after=(first.name,), overlay=(first.package,))
    assert lacks(surroundings, second, first, stored=("first", "second")) == []
    assert lacks(surroundings, second, first, stored=("second",)) == [
        "sdist second 1.0 (https://index.invalid/second.tar.gz)"
    ]


def test_what_requirements_without_a_wheel_are_built_with(surroundings: Environment) -> None:
    plan = plan_for(keep(sdist("app")), overlay=(sdist("tool"),))
    assert lacks(surroundings, plan) == ["index page deep, to build app"]
    assert lacks(surroundings, plan, stored=("app",)) == []
    assert lacks(surroundings, plan, conda=False) == []
    assert lacks(surroundings, replace(plan, mode=BuildMode.NO_ISOLATION)) == []


def test_prebuilt_wheels(surroundings: Environment) -> None:
    prebuilt = PrebuiltWheel(url="s3://bucket/app.whl", filename="app.whl", sha256="c" * 64)
    plan = plan_for(sdist("app"), prebuilt=prebuilt)
    assert lacks(surroundings, plan) == ["wheel app 1.0 (s3://bucket/app.whl)"]
    keep(replace(plan.package, artifact=prebuilt.artifact))
    assert lacks(surroundings, plan) == []


def test_online_nothing_is_looked_for(surroundings: Environment) -> None:
    transaction: Any = None
    cached.require_cached(surroundings, transaction, transaction)
