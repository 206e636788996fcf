from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from distributed import Client
from typing_extensions import Self

from interlock.builds.run.errors import BuildFailedError
from interlock.builds.service import BuildService
from interlock.builds.services import BuildServices
from interlock.builds.store.store import default_store
from interlock.core.files import sha256_of
from interlock.distributed import cluster as cluster_module
from interlock.distributed import plugin as plugin_module
from interlock.distributed.plugin import DaskPlugin, scheduler_address
from interlock.engines.work import end_all
from interlock_hooks.types import (
    BuildFinished,
    BuildMode,
    BuildOutput,
    BuildStarted,
    Environment,
    FindingReported,
    InterlockError,
    PyPIPackage,
    StoreLocation,
)
from kit.dask import two_workers
from unit.builds.conftest import Events, plan_for, sdist_package


@pytest.fixture
def dask(events: Events) -> DaskPlugin:
    return DaskPlugin(events, BuildServices(events))


@pytest.fixture
def on_cluster(environment: Environment, scheduler: str, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """The environment, with the cluster in its manifest; nothing can be built in the process of the test."""

    def build_here(*args: Any, **options: Any) -> None:
        raise AssertionError("built by the client")

    monkeypatch.setattr("interlock.builds.run.builder.run_build", build_here)
    return with_scheduler(environment, scheduler)


def with_scheduler(environment: Environment, address: str, **build: Any) -> Environment:
    # Builds of these tests meet at pipes beside the project.
    options = replace(environment.request.build, **{"writable": (str(environment.root),), **build})
    request = replace(environment.request, settings={"dask": {"scheduler": address}}, build=options)
    return replace(environment, request=request)


def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let workers believe that they do not share the project's file system."""

    @contextmanager
    def nowhere(environment: Environment) -> Iterator[Path]:
        yield environment.logs / "not-there"

    monkeypatch.setattr(plugin_module, "_probe", nowhere)


def test_a_worker_builds_and_the_wheel_comes_back(dask, on_cluster, events, tmp_path, worker_cache, cache):
    package = sdist_package(tmp_path, "demo", hooks="def build(s): print('compiling'); return 'answer = 42'")
    wheel = dask.interlock_build_wheel(plan_for(package), on_cluster)
    assert wheel.path.is_relative_to(cache)
    assert sha256_of(wheel.path) == wheel.sha256
    assert (wheel.name, wheel.version, wheel.from_store) == ("demo", "1.0", False)
    assert [file.name for file in worker_cache.rglob("*.whl")].count(wheel.path.name) == 1
    assert [event.name for event in events.of(BuildStarted)] == ["demo"]
    assert [event.ok for event in events.of(BuildFinished)] == [True]
    assert "compiling" in wheel.log.read_text()
    assert [path.name for path in on_cluster.logs.iterdir()] == [wheel.log.name]


def test_what_a_worker_built_is_in_the_store_of_this_machine(dask, on_cluster, events, tmp_path):
    plan = plan_for(sdist_package(tmp_path, "demo"))
    first = dask.interlock_build_wheel(plan, on_cluster)
    again = dask.interlock_build_wheel(plan, replace(on_cluster, request=replace(on_cluster.request)))
    assert again == replace(first, from_store=True)
    assert len(events.of(BuildStarted)) == 1
    local = BuildService(default_store(), emit=events).stored_wheel(plan, on_cluster)
    assert local is not None
    assert local.sha256 == first.sha256


def test_two_builds_run_on_two_workers(dask, on_cluster, tmp_path):
    """Each of them waits for the other one, as only builds can that run at the same time."""
    hooks = """
        def build(s):
            import os
            here, there = {places!r}
            with open(here, "w") as file:
                file.write("x")
            with open(there) as file:
                return "met = " + repr(file.read())
    """
    pipes = [str(tmp_path / name) for name in ("one", "two")]
    for pipe in pipes:
        os.mkfifo(pipe)
    # Opening a pipe waits for its other end: one writes first, the other reads first.
    reading_first = hooks.replace("here, there", "there, here").replace(
        'with open(here, "w") as file:\n                file.write("x")\n            with open(there) as file:\n'
        '                return "met = " + repr(file.read())',
        'with open(there) as file:\n                met = "met = " + repr(file.read())\n'
        '            with open(here, "w") as file:\n                file.write("x")\n            return met',
    )
    packages = [
        sdist_package(tmp_path, "one", hooks=hooks.format(places=tuple(pipes))),
        sdist_package(tmp_path, "two", hooks=reading_first.format(places=tuple(pipes))),
    ]
    wheels: list[Any] = []

    def build(package: PyPIPackage) -> None:
        wheels.append(dask.interlock_build_wheel(plan_for(package), on_cluster))

    threads = [threading.Thread(target=build, args=(package,)) for package in packages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(wheel.name for wheel in wheels) == ["one", "two"]


def test_a_failure_arrives_as_it_was_raised(dask, on_cluster, events, tmp_path):
    package = sdist_package(tmp_path, "demo", hooks="def build(s): import surely_missing")
    with pytest.raises(BuildFailedError) as caught:
        dask.interlock_build_wheel(plan_for(package), on_cluster)
    assert caught.value.lacking.module == "surely_missing"
    (finding,) = caught.value.findings
    assert finding.code == "IL430"
    assert "surely_missing" in Path(finding.log).read_text()
    assert "surely_missing" in " ".join(event.line for event in events.of(BuildOutput))


def test_wheels_of_earlier_builds_go_along(dask, on_cluster, tmp_path):
    base = sdist_package(tmp_path, "base", hooks="def build(s): return 'here = 1'")
    built = dask.interlock_build_wheel(plan_for(base), on_cluster)
    # Nothing that the worker could have kept: as if another one had built it.
    moved = tmp_path / "elsewhere" / built.path.name
    moved.parent.mkdir()
    built.path.rename(moved)
    above = plan_for(
        sdist_package(tmp_path, "above", hooks="def build(s): import base; return f'here = {base.here}'"),
        BuildMode.MATCHED,
        overlay=(base,),
        after=("base",),
    )
    wheel = dask.interlock_build_wheel(above, replace(on_cluster, built=(replace(built, path=moved),)))
    assert wheel.imports == ("base",)


def test_results_come_back_through_a_shared_store(dask, on_cluster, scheduler, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster_module.Cluster, "read_wheel", lambda *args: pytest.fail("sent by the worker"))
    location = StoreLocation(url=str(tmp_path / "shared"), write=True)
    environment = with_scheduler(on_cluster, scheduler, store=(location,))
    wheel = dask.interlock_build_wheel(plan_for(sdist_package(tmp_path, "demo")), environment)
    assert sha256_of(wheel.path) == wheel.sha256
    assert [file.name for file in (tmp_path / "shared").rglob("*.whl")] == [wheel.path.name]


def test_a_wheel_that_is_damaged_on_its_way_is_refused(dask, on_cluster, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster_module.Cluster, "read_wheel", lambda *args: b"damaged")
    with pytest.raises(InterlockError) as caught:
        dask.interlock_build_wheel(plan_for(sdist_package(tmp_path, "demo")), on_cluster)
    assert [finding.code for finding in caught.value.findings] == ["IL476"]
    assert default_store().entries() == []


def test_sources_that_only_this_machine_has_are_built_here(dask, on_cluster, events, tmp_path, monkeypatch):
    blind(monkeypatch)
    package = sdist_package(tmp_path, "demo")
    Path(package.artifact.url.removeprefix("file://")).write_bytes(b"another file")
    assert dask.interlock_build_wheel(plan_for(package), on_cluster) is None
    (event,) = events.of(FindingReported)
    assert event.finding.code == "IL475"
    assert "demo 1.0" in event.finding.why


def test_an_interrupt_ends_the_build_on_the_worker(dask, on_cluster, events, tmp_path, monkeypatch):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    hooks = f"def build(s):\n  import os\n  print('pid', os.getpid(), flush=True)\n  open({str(pipe)!r}).read()"
    started = threading.Event()

    class Watching(Events):
        def __call__(self, event: Any) -> None:
            super().__call__(event)
            if isinstance(event, BuildOutput) and event.line.startswith("pid"):
                started.set()

    watching = Watching()
    failures: list[BaseException] = []

    def build() -> None:
        try:
            DaskPlugin(watching, BuildServices(watching)).interlock_build_wheel(
                plan_for(sdist_package(tmp_path, "demo", hooks=hooks)), on_cluster
            )
        except InterlockError as error:
            failures.append(error)

    thread = threading.Thread(target=build)
    thread.start()
    assert started.wait(60)
    lines = [event.line for event in watching.of(BuildOutput)]
    process = psutil.Process(int(next(line for line in lines if line.startswith("pid")).split()[1]))
    end_all()
    thread.join(60)
    assert [error.findings[0].code for error in failures] == ["IL474"]
    assert psutil.wait_procs([process], timeout=60)[1] == []


def test_an_editable_package_is_not_sent(dask, on_cluster, tmp_path):
    package = sdist_package(tmp_path, "demo")
    editable = replace(package, artifact=replace(package.artifact, kind="directory", editable=True))
    assert dask.interlock_build_wheel(plan_for(editable), on_cluster) is None


def test_a_scheduler_that_is_not_there(dask, environment, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster_module, "_CONNECT_SECONDS", 0.2)
    with pytest.raises(InterlockError) as caught:
        # Nothing listens on the discard port.
        dask.interlock_build_wheel(
            plan_for(sdist_package(tmp_path, "demo")), with_scheduler(environment, "tcp://127.0.0.1:9")
        )
    assert caught.value.findings[0].code == "IL472"
    assert "127.0.0.1:9" in caught.value.findings[0].what


def test_an_address_that_is_none(dask, environment, tmp_path):
    with pytest.raises(InterlockError) as caught:
        dask.interlock_build_wheel(
            plan_for(sdist_package(tmp_path, "demo")), with_scheduler(environment, "nonsense://x")
        )
    assert caught.value.findings[0].code == "IL472"


def test_without_the_optional_package(dask, environment, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(InterlockError) as caught:
        dask.interlock_build_wheel(plan_for(sdist_package(tmp_path, "demo")), with_scheduler(environment, "tcp://x:1"))
    assert caught.value.findings[0].code == "IL470"
    assert "interlock[dask]" in caught.value.findings[0].fix


@pytest.mark.parametrize("settings", [{}, {"scheduler": 8786}, {"shceduler": "tcp://x:1"}])
def test_settings_that_name_no_scheduler(settings, monkeypatch):
    monkeypatch.delenv("DASK_SCHEDULER_ADDRESS", raising=False)
    with pytest.raises(InterlockError) as caught:
        scheduler_address(settings)
    assert caught.value.findings[0].code == "IL471"


def test_the_scheduler_of_the_manifest_counts_before_dasks_variable(monkeypatch):
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", "tcp://variable:1")
    assert scheduler_address({}) == "tcp://variable:1"
    assert scheduler_address({"scheduler": "tcp://manifest:1"}) == "tcp://manifest:1"


# -- workers that vanish ---------------------------------------------------------------------------------------------


class Ending:
    """Collects events, and ends workers as soon as a build runs: the one that runs it, or all of them."""

    def __init__(self, scheduler: str, *, everyone: bool) -> None:
        self._scheduler = scheduler
        self._everyone = everyone
        self._running = threading.Event()
        self._thread = threading.Thread(target=self._end)

    def __call__(self, event: Any) -> None:
        if isinstance(event, BuildOutput) and event.line == "running":
            self._running.set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._running.set()
        self._thread.join()

    def _end(self) -> None:
        self._running.wait()
        with Client(self._scheduler, set_as_default=False) as client:
            busy = [address for address, keys in client.processing().items() if keys]
            pids = client.run(os.getpid, workers=None if self._everyone else busy)
        for pid in pids.values():
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[str]:
    """The scheduler of a cluster whose workers may be ended."""
    with two_workers({"INTERLOCK_CACHE_DIR": str(tmp_path / "workers")}) as cluster:
        yield cluster.scheduler_address


# Goes on only when it is run for the second time; the one that waits does so until its work directory is read.
WAITING = """
def build(s):
    import os
    try:
        os.mkdir({marker!r})
    except FileExistsError:
        return ""
    print("running", flush=True)
    open({pipe!r}).read()
"""


@pytest.mark.parametrize("everyone", [False, True])
def test_what_a_vanished_worker_had_goes_to_another_one(mortal, environment, tmp_path, everyone):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    hooks = WAITING.format(marker=str(tmp_path / "marker"), pipe=str(pipe))
    plan = plan_for(sdist_package(tmp_path, "demo", hooks=hooks))
    try:
        with Ending(mortal, everyone=everyone) as ending:
            dask = DaskPlugin(ending, BuildServices(ending))
            if not everyone:
                assert dask.interlock_build_wheel(plan, with_scheduler(environment, mortal)).name == "demo"
                return
            with pytest.raises(InterlockError) as caught:
                dask.interlock_build_wheel(plan, with_scheduler(environment, mortal))
            assert caught.value.findings[0].code == "IL474"
    finally:
        # Lets the build go whose worker was ended.
        os.close(os.open(pipe, os.O_RDWR | os.O_NONBLOCK))


def test_with_the_network_switched_off_builds_stay_here(
    dask: DaskPlugin, environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERLOCK_OFFLINE", "1")
    nobody = with_scheduler(environment, "tcp://127.0.0.1:9")
    assert dask.interlock_build_wheel(plan_for(sdist_package(tmp_path, "demo")), nobody) is None
