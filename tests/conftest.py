"""Fixtures of the scenario kit; see :mod:`kit`."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from interlock.solve import maps
from interlock_hooks.testing.channel import Channel
from interlock_hooks.testing.index import Index
from interlock_hooks.testing.server import serve
from interlock_hooks.testing.shared import Shared
from kit import memory
from kit.pipes import Pipe
from kit.project import Project

# How fast a machine is, and how busy, says nothing about the code. Inputs are the same in every run, so that a change
# fails because of what it changes; `make fuzz` looks for new ones.
settings.register_profile(
    "tests",
    deadline=None,
    derandomize="FUZZ_PROFILE" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("tests")


# pytest's own variable for the folder in which it makes one for each run, and ours for what must not lie in memory.
_ROOT, _DISK = "PYTEST_DEBUG_TEMPROOT", "INTERLOCK_TESTS_DISK"


def pytest_configure(config: pytest.Config) -> None:
    """Choose where this run writes, unless it was told; see :mod:`kit.memory`. Its workers are told by this process."""
    told = hasattr(config, "workerinput") or config.getoption("basetemp") or {"TMPDIR", _ROOT} & os.environ.keys()
    if not told and memory.has_room(pytest_xdist_auto_num_workers()):
        os.environ |= {_ROOT: str(memory.SHARED_MEMORY), _DISK: tempfile.mkdtemp(prefix="interlock-tests-")}


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """As pytest does with its own folder: it stays for those who look into what failed."""
    if hasattr(session.config, "workerinput") or _DISK not in os.environ:
        return
    if exitstatus == pytest.ExitCode.OK:
        shutil.rmtree(os.environ[_DISK])
    else:
        with suppress(OSError):  # an empty one has nothing to look into
            Path(os.environ[_DISK]).rmdir()


def pytest_xdist_auto_num_workers() -> int:
    """Half as many workers again as there are cores: a scenario waits a fifth of its time, for servers and locks."""
    return max(2, (os.cpu_count() or 1) * 3 // 2)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Thousands of tests and their modules stay to the end: no garbage collection looks at them, now or later."""
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _no_published_map() -> Iterator[None]:
    """conda-forge's map as it comes with Interlock; the command line in scenarios has no network anyway."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(maps, "conda_forge_map", maps.snapshot)
        yield


@pytest.fixture(scope="session", autouse=True)
def _own_temporary_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests, and programs that they start, leave in the system's place lies in the folder of the run instead."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(tmp_path_factory.mktemp("tmp", numbered=False)))
        patch.delenv(_ROOT, raising=False)
        patch.setattr(tempfile, "tempdir", None)
        yield


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """The folder of the test. For one that is marked with ``disk`` it lies outside of shared memory."""
    if _DISK not in os.environ or request.node.get_closest_marker("disk") is None:
        yield tmp_path
        return
    failed = request.session.testsfailed
    folder = Path(tempfile.mkdtemp(prefix=f"{tmp_path.name}-", dir=os.environ[_DISK]))
    yield folder
    if request.session.testsfailed == failed:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def shared(interlock_shared: Shared) -> Shared:
    """What is made once for the whole run."""
    return interlock_shared


@pytest.fixture
def channel(interlock_channel: Channel) -> Channel:
    """A conda channel that has the running Python."""
    return interlock_channel


@pytest.fixture
def index(interlock_index: Index) -> Index:
    """A package index, served on loopback, that has setuptools and wheel."""
    return interlock_index


@pytest.fixture
def project(tmp_path: Path, channel: Channel, index: Index, shared: Shared) -> Project:
    """An empty project that knows the channel and the index."""
    # Packages are linked from there, which takes one file system.
    disk = os.environ.get(_DISK)
    apart = disk is not None and tmp_path.is_relative_to(disk)
    return Project(tmp_path, channel, index, Path(disk, "caches") if apart else shared.caches)


@pytest.fixture(scope="module")
def kept_project(tmp_path_factory: pytest.TempPathFactory, shared: Shared) -> Iterator[Project]:
    """A project for all tests of a module that leave it as it is."""
    base = tmp_path_factory.mktemp("kept")
    channel = Channel(base / "channel", shared.packages)
    channel.offer_channel(shared.python())
    (base / "index").mkdir()
    with serve(base / "index") as served:
        index = Index(base / "index", served)
        for tool in shared.build_tools():
            index.offer(tool)
        yield Project(base, channel, index, shared.caches)


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    """A named pipe."""
    made = Pipe(tmp_path / "pipe")
    yield made
    made.close()
