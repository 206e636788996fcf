"""Fixtures of the scenario kit; see :mod:`kit`."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from interlock.solve import maps
from interlock_hooks.testing.channel import Channel
from interlock_hooks.testing.index import Index
from interlock_hooks.testing.server import serve
from interlock_hooks.testing.shared import Shared
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


def pytest_xdist_auto_num_workers() -> int:
    """Half as many workers again as there are cores: a scenario waits a fifth of its time, for servers and locks."""
    return max(2, (os.cpu_count() or 1) * 3 // 2)


def pytest_collection_finish() -> None:
    """Thousands of tests and their modules stay to the end: no collection has to look at them again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _no_published_map() -> Iterator[None]:
    """conda-forge's map as it comes with Interlock; the command line in scenarios has no network anyway."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(maps, "conda_forge_map", maps.snapshot)
        yield


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
    return Project(tmp_path, channel, index, shared.caches)


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
