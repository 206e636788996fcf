"""Builds on a Dask cluster through the real command line: two worker processes on loopback."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from interlock.builds.services import BuildServices
from interlock.core.layout import Layout
from interlock.distributed import plugin as plugin_module
from interlock.lock.reader import read
from interlock.manifest import load
from interlock_hooks.testing.channel import PLATFORM
from interlock_hooks.testing.sdists import Backend
from interlock_hooks.types import Environment, Event, LockedEnvironment
from kit.dask import two_workers
from kit.miniatures import add_torch
from kit.project import Project

pytest.importorskip("distributed")
pytestmark = pytest.mark.scenario

DASK = """
[tool.interlock]
plugins = ["dask"]
[tool.interlock.dask]
scheduler = "{address}"
"""


@pytest.fixture
def workers(project: Project, tmp_path: Path) -> Iterator[Any]:
    """A cluster whose workers are machines as any project's: with caches of their own and a clean environment."""
    variables = {**project.environment(), "INTERLOCK_CACHE_DIR": str(tmp_path / "workers")}
    with two_workers(variables) as cluster:
        yield cluster


def test_a_project_is_built_on_the_cluster(project: Project, workers: Any, tmp_path: Path) -> None:
    add_torch(project.index, "2.6.0")
    project.index.wheel("helper", "1.0")
    project.index.sdist("base", "1.0", requires=["torch"], backend=Backend(imports=["torch"]))
    project.index.sdist("above", "1.0", requires=["base"], backend=Backend(requires=["helper"], imports=["base"]))
    project.declare(
        "above",
        "torch",
        pypi_options={"no-build-isolation": ["above", "base"]},
        extra=DASK.format(address=workers.scheduler_address),
    )
    result = project.install().ok()
    assert project.built("base")["imports"] == {"torch": "2.6.0"}
    assert project.built("above")["imports"] == {"base": "1.0"}
    assert {entry["name"]: entry["from_store"] for entry in result.json["built"]} == {"above": False, "base": False}
    # Nothing was built by the client: whoever builds keeps the wheels, and the client has got copies.
    for store in (tmp_path / "workers" / "wheels", project.cache / "wheels"):
        assert sorted(path.name for path in store.rglob("*.whl")) == [
            "above-1.0-py3-none-any.whl",
            "base-1.0-py3-none-any.whl",
        ]
    # From the client's store, without a cluster.
    workers.close()
    shutil.rmtree(project.root / ".interlock")
    again = project.install().ok()
    assert all(entry["from_store"] for entry in again.json["built"])


def test_a_failed_build_is_told_as_one_of_this_machine(project: Project, workers: Any) -> None:
    project.index.sdist("ext", "1.0", backend=Backend(imports=["surely_missing"]))
    project.declare("ext", extra=DASK.format(address=workers.scheduler_address))
    finding = project.install().failed(3, "IL430")
    assert "surely_missing" in finding["why"]
    assert "surely_missing" in Path(finding["log"]).read_text()


@pytest.mark.parametrize("mode", ["isolated", "no-isolation"])
def test_a_worker_without_the_projects_files_makes_the_environment_itself(
    project: Project, workers: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    project.index.wheel("other", "1.0")
    requires = [] if mode == "no-isolation" else ["other"]
    project.index.sdist("ext", "1.0", backend=Backend(requires=requires, imports=["other"]))
    listed = ["ext"] if mode == "no-isolation" else []
    project.declare(
        "ext",
        "other",
        pypi_options={"no-build-isolation": listed},
        extra=DASK.format(address=workers.scheduler_address),
    )
    project.install().ok()
    for folder in (project.cache / "wheels", tmp_path / "workers" / "wheels"):
        shutil.rmtree(folder)

    @contextmanager
    def nowhere(environment: Environment) -> Iterator[Path]:
        yield tmp_path / "not-there"

    monkeypatch.setattr(plugin_module, "_probe", nowhere)
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(project.cache))
    events: list[Event] = []
    environment = installed(project)
    plan = environment.locked.plan("ext")
    assert plan is not None
    wheel = plugin_module.DaskPlugin(events.append, BuildServices(events.append)).interlock_build_wheel(
        plan, environment
    )
    assert wheel is not None, events
    assert wheel.imports == ("other",)
    assert wheel.path.is_relative_to(project.cache)
    assert wheel.log is not None
    assert wheel.log.parent == environment.logs
    assert wheel.log.stat().st_size > 0
    assert len([path for path in (tmp_path / "workers" / "prefixes").iterdir() if path.is_dir()]) == 1


def installed(project: Project) -> Environment:
    """The environment of a project, as builds are given it."""
    request = load(project.root / "pyproject.toml").request("default", PLATFORM)
    layout = Layout(project.root)
    lock = read(layout.lock_file, root=project.root)
    assert lock is not None
    locked: LockedEnvironment | None = lock.get("default", PLATFORM)
    assert locked is not None
    return Environment(locked=locked, request=request, prefix=layout.prefix("default"), logs=layout.logs)
