"""The fixtures."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from interlock_hooks.testing.channel import Channel
from interlock_hooks.testing.index import Index
from interlock_hooks.testing.project import Project
from interlock_hooks.testing.server import serve
from interlock_hooks.testing.shared import Shared


@pytest.fixture(scope="session")
def interlock_shared(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    """What is made once for the whole run: the packages of the interpreter and of build tools, and engines' caches."""
    base = tmp_path_factory.getbasetemp()
    # Under pytest-xdist each worker has a directory of its own inside of the run's.
    return Shared((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "kit")


@pytest.fixture
def interlock_channel(tmp_path: Path, interlock_shared: Shared) -> Channel:
    """A conda channel that has the Python which runs the tests."""
    made = Channel(tmp_path / "channel", interlock_shared.packages)
    made.offer_channel(interlock_shared.python())
    return made


@pytest.fixture
def interlock_index(tmp_path: Path, interlock_shared: Shared) -> Iterator[Index]:
    """A package index, served on loopback, that has setuptools and wheel."""
    folder = tmp_path / "index"
    folder.mkdir()
    with serve(folder) as served:
        made = Index(folder, served)
        for tool in interlock_shared.build_tools():
            made.offer(tool)
        yield made


@pytest.fixture
def interlock_project(
    tmp_path: Path, interlock_channel: Channel, interlock_index: Index, interlock_shared: Shared
) -> Project:
    """An empty project that knows the channel and the index."""
    return Project(tmp_path, interlock_channel, interlock_index, interlock_shared.caches)
