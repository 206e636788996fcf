"""A real Dask cluster of two worker processes on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.dask import two_workers

# The builds' fixtures: a prefix, an environment in it, a cache for each test, collected events.
from unit.builds.conftest import Events, cache, environment, events, shared_prefix

pytest.importorskip("distributed")

__all__ = ["Events", "cache", "environment", "events", "shared_prefix"]


@pytest.fixture
def prefix(shared_prefix: Path) -> Path:
    """A prefix that workers recognize as one."""
    (shared_prefix / "conda-meta").mkdir(exist_ok=True)
    return shared_prefix


@pytest.fixture(scope="module")
def worker_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache of the workers, which the client does not use."""
    return tmp_path_factory.mktemp("workers")


@pytest.fixture(scope="module")
def scheduler(worker_cache: Path) -> Iterator[str]:
    """The address of the scheduler. The cluster ends with these tests: idle workers keep a core busy."""
    with two_workers({"INTERLOCK_CACHE_DIR": str(worker_cache)}) as cluster:
        yield cluster.scheduler_address
