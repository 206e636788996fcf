"""A real Dask cluster of two worker processes on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

# The builds' fixtures: a prefix, an environment in it, a cache for each test, collected events.
from unit.build.conftest import Events, cache, environment, events, shared_prefix

distributed = pytest.importorskip("distributed")

__all__ = ["Events", "cache", "environment", "events", "shared_prefix"]


@pytest.fixture
def prefix(shared_prefix: Path) -> Path:
    """A prefix that workers recognize as one."""
    (shared_prefix / "conda-meta").mkdir(exist_ok=True)
    return shared_prefix


@pytest.fixture(scope="session")
def worker_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache of the workers, which the client does not use."""
    return tmp_path_factory.mktemp("workers")


@pytest.fixture(scope="session")
def scheduler(worker_cache: Path) -> Iterator[str]:
    """The address of the scheduler."""
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        env={"INTERLOCK_CACHE_DIR": str(worker_cache)},
    ) as cluster:
        yield cluster.scheduler_address
