from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from packaging.utils import canonicalize_name

from interlock.builds.plugin import BuildPlugin
from interlock.builds.run.errors import BuildFailedError
from interlock.builds.run.lacking import Lacking
from interlock.builds.services import BuildServices
from interlock.core.files import sha256_of
from interlock.core.layout import Layout
from interlock.pipeline.backends import Backends
from interlock.pipeline.beliefs import Earlier
from interlock.resolve.exclusions import UnusableSourceError
from interlock_hooks.types import (
    Artifact,
    BuildMode,
    BuildOptions,
    BuildPlan,
    BuildRequirement,
    EnvironmentRequest,
    Event,
    Finding,
    FindingReported,
    InterlockError,
    LockedEnvironment,
    PyPIPackage,
    PyPIRequest,
    Resolution,
)
from unit.builds.conftest import (
    cache,
    make_environment,
    make_sdist,
    plan_for,
    resolution_of,
    sdist_package,
    shared_prefix,
)
from unit.builds.conftest import make_wheel as wheel

__all__ = ["cache", "shared_prefix"]


class Plugins:
    """Plugins that add nothing, resolve to the wheels that there are, and keep what they are told."""

    def __init__(self, *wheels: PyPIPackage) -> None:
        self.wheels = wheels
        self.events: list[Event] = []
        self.builds = BuildServices(self.event)

    def pypi_resolve(self, request: PyPIRequest) -> Resolution:
        wanted = {requirement.name for requirement in request.requirements}
        found = (each for each in self.wheels if each.name in wanted)
        return resolution_of(*found, provided=request.provided)

    def build_requirements(self, *_: object) -> Sequence[BuildRequirement]:
        return []

    def build_variables(self, *_: object) -> dict[str, str]:
        return {}

    def event(self, event: Event) -> None:
        self.events.append(event)


@pytest.fixture(autouse=True)
def linked(monkeypatch: pytest.MonkeyPatch, shared_prefix: Path) -> None:
    """The prefix of tests takes the place of one that is linked from records."""
    monkeypatch.setattr("interlock.engines.rattler.cached_prefix.linked_prefix", lambda _records: shared_prefix)


def backends(
    tmp_path: Path,
    plugins: Plugins,
    *,
    platform: str = "linux-64",
    siblings: Sequence[LockedEnvironment] = (),
    **options: Any,
) -> Backends:
    conda = make_environment(tmp_path, tmp_path).locked.conda
    build = BuildOptions(belief=options.get("belief", "static-first"))
    request = EnvironmentRequest(name="default", platform=platform, root=tmp_path, build=build)
    layout = Layout(tmp_path, ".interlock")
    earlier = Earlier(previous=options.get("previous"), siblings=lambda: siblings)
    return Backends(request, conda, cast("Any", plugins), layout, earlier, lambda *_: None)


def answer(tmp_path: Path, plan: BuildPlan, platform: str = "linux-64") -> LockedEnvironment:
    locked = make_environment(tmp_path, tmp_path, plan.package).locked
    return replace(locked, platform=platform, plans=(plan,))


def sdist_of(folder: Path, name: str, setup_py: str) -> PyPIPackage:
    """An sdist that has a ``setup.py`` and nothing else."""
    path = make_sdist(folder, name, "1.0", {"setup.py": setup_py})
    artifact = Artifact(kind="sdist", url=path.as_uri(), filename=path.name, sha256=sha256_of(path))
    return PyPIPackage(name=canonicalize_name(name), version="1.0", artifact=artifact)


def overlay(plan: BuildPlan) -> list[str]:
    return [package.name for package in plan.overlay]


def test_another_platform_takes_over_what_a_backend_asked_for_here(tmp_path):
    plugins = Plugins(wheel(tmp_path, "tool", "1.0", {}))
    package = sdist_package(tmp_path, "demo")
    learned = BuildRequirement(requirement="tool", origin="get-requires")
    here = answer(tmp_path, plan_for(package, requirements=(learned,)))
    foreign = backends(tmp_path, plugins, platform="osx-arm64", siblings=[here])
    assert overlay(foreign.plan(package, resolution_of(package))) == ["tool"]
    assert not plugins.events


def test_what_another_source_asked_for_is_forgotten(tmp_path):
    plugins = Plugins(*(wheel(tmp_path, name, "1.0", {}) for name in ("old", "new", "found")))
    learned = (
        BuildRequirement(requirement="old", origin="get-requires"),
        BuildRequirement(requirement="found", origin="discovery"),
    )
    before = answer(tmp_path, plan_for(sdist_package(tmp_path / "before", "demo"), requirements=learned))
    package = sdist_package(tmp_path, "demo", hooks="def get_requires(): return ['new']")
    plan = backends(tmp_path, plugins, previous=before).plan(package, resolution_of(package))
    assert overlay(plan) == ["found", "new"]


def test_what_another_version_asked_for_is_forgotten(tmp_path):
    plugins = Plugins(*(wheel(tmp_path, name, "1.0", {}) for name in ("old", "new")))
    newer, older = (
        sdist_package(tmp_path, "demo", version, hooks=f"def get_requires(): return [{name!r}]")
        for version, name in (("2.0", "new"), ("1.0", "old"))
    )
    asked = backends(tmp_path, plugins)
    assert [overlay(asked.plan(each, resolution_of(each))) for each in (newer, older)] == [["new"], ["old"]]


@pytest.mark.parametrize("platform", ["linux-64", "osx-arm64"])
def test_no_backend_is_asked_what_its_source_proves(tmp_path, platform, monkeypatch):
    monkeypatch.setattr("interlock.engines.rattler.cached_prefix.linked_prefix", pytest.fail)
    plugins = Plugins(*(wheel(tmp_path, name, "80.0", {}) for name in ("setuptools", "six")))
    script = "import torch\nfrom setuptools import setup\nsetup(setup_requires=['six'])\n"
    package, torch = sdist_of(tmp_path, "ext", script), wheel(tmp_path, "torch", "2.6", {})
    plan = backends(tmp_path, plugins, platform=platform).plan(package, resolution_of(package, torch))
    assert (plan.mode, overlay(plan)) == (BuildMode.MATCHED, ["setuptools", "six", "torch"])
    assert not plugins.events


def test_a_backend_that_fails_is_a_warning_and_the_plan_holds_what_is_declared(tmp_path):
    plugins = Plugins()
    package = sdist_package(tmp_path, "demo", hooks="def get_requires(): raise OSError('no compiler')")
    plan = backends(tmp_path, plugins).plan(package, resolution_of(package))
    assert plan.mode is BuildMode.ISOLATED
    (warning,) = [event.finding for event in plugins.events if isinstance(event, FindingReported)]
    assert (warning.code, warning.severity.value) == ("IL425", "warning")
    assert "no compiler" in (warning.why or "")


def test_builds_that_need_each_other_are_told(tmp_path):
    first, second = sdist_package(tmp_path, "first"), sdist_package(tmp_path, "second")
    match = {
        "first": BuildRequirement(requirement="second", match_runtime=True),
        "second": BuildRequirement(requirement="first", match_runtime=True),
    }
    plugins = Plugins()
    plugins.build_requirements = lambda package, *_: [match[package.name]]  # type: ignore[method-assign, assignment]
    with pytest.raises(InterlockError) as caught:
        backends(tmp_path, plugins).plan(first, resolution_of(first, second))
    assert caught.value.findings[0].code == "IL418"
    assert "first" in caught.value.findings[0].what


def test_a_shared_store_that_backends_found_dead_is_not_tried_again_by_a_build(tmp_path, monkeypatch, shared_prefix):
    opened: list[str] = []

    def dead(url: str) -> None:
        opened.append(url)
        raise OSError("no route to host")

    monkeypatch.setattr("interlock.builds.store.shared.open_storage", dead)
    monkeypatch.setenv("INTERLOCK_STORE", str(tmp_path / "team"))
    plugins = Plugins()
    package = sdist_package(tmp_path, "demo")
    plan = backends(tmp_path, plugins).plan(package, resolution_of(package))
    installed = make_environment(shared_prefix, tmp_path, package)
    assert BuildPlugin(plugins.builds).interlock_build_wheel(plan, installed).name == "demo"
    assert opened == [str(tmp_path / "team")]
    codes = [event.finding.code for event in plugins.events if isinstance(event, FindingReported)]
    assert codes == ["IL463"]


SETUP_PY = """
import sys
from setuptools import setup

if not CUDA_HOME:
    raise OSError("CUDA_HOME environment variable is not set. Please set it to your CUDA install root.")
setup(name="ext", version="1.0", install_requires=[{requires}])
"""


@pytest.fixture
def failure(monkeypatch: pytest.MonkeyPatch) -> list[Lacking]:
    """Backends fail, for want of what is put here."""
    lacking: list[Lacking] = []

    def fails(*_: object, **__: object) -> None:
        raise BuildFailedError(Finding(code="IL440", what="it failed", why="..."), lacking=lacking[0])

    monkeypatch.setattr("interlock.builds.service.BuildService.produce_metadata", fails)
    return lacking


def extension(tmp_path: Path, requires: str) -> tuple[Plugins, PyPIPackage]:
    package = sdist_of(tmp_path, "ext", SETUP_PY.format(requires=requires))
    return Plugins(wheel(tmp_path, "setuptools", "80.0", {}), wheel(tmp_path, "wheel", "0.45", {})), package


@pytest.mark.parametrize("platform", ["linux-64", "win-64"])
def test_where_a_backend_cannot_run_the_source_is_read(tmp_path: Path, platform: str, failure: list[Lacking]) -> None:
    failure.append(Lacking(programs=("nvcc",)))
    plugins, package = extension(tmp_path, "'einops', 'triton; sys_platform == \"linux\"'")
    asked = backends(tmp_path, plugins, platform=platform, belief="backend")
    resolution = resolution_of(package)
    metadata = asked.metadata(package, resolution)
    assert metadata.origin == "static"
    assert [each.split(";")[0].strip() for each in metadata.requires_dist] == ["einops", "triton"]
    told = [event.finding for event in plugins.events if isinstance(event, FindingReported)]
    assert [each.code for each in told] == (["IL485"] if platform == "linux-64" else [])
    assert all("nvcc" in (each.why or "") and "setup.py:7" in each.what for each in told)
    # It is known now, and the backend would fail again.
    before = len(plugins.events)
    failure.clear()
    assert asked.metadata(package, resolution) == metadata
    asked.plan(package, resolution)
    assert len(plugins.events) == before


@pytest.mark.parametrize(("platform", "code"), [("linux-64", "IL440"), ("win-64", "IL483")])
def test_a_source_that_proves_nothing_does_not_help(
    tmp_path: Path, platform: str, code: str, failure: list[Lacking]
) -> None:
    failure.append(Lacking(programs=("nvcc",)))
    plugins, package = extension(tmp_path, "__import__('os').environ.get('X', 'y')")
    with pytest.raises(InterlockError) as caught:
        backends(tmp_path, plugins, platform=platform).metadata(package, resolution_of(package))
    assert caught.value.findings[0].code == code
    assert not isinstance(caught.value, UnusableSourceError)


def test_a_backend_that_fails_for_another_reason_is_not_replaced(tmp_path: Path, failure: list[Lacking]) -> None:
    failure.append(Lacking())
    plugins, package = extension(tmp_path, "")
    with pytest.raises(UnusableSourceError):
        backends(tmp_path, plugins, belief="backend").metadata(package, resolution_of(package))


def test_what_a_source_proves_needs_no_backend(tmp_path: Path, failure: list[Lacking]) -> None:
    failure.append(Lacking())
    plugins, package = extension(tmp_path, "'einops'")
    asked = backends(tmp_path, plugins)
    metadata = asked.metadata(package, resolution_of(package))
    assert (metadata.origin, metadata.place, metadata.requires_dist) == ("static", "setup.py:7", ("einops",))
    asked.plan(package, resolution_of(package))
    assert not plugins.events
