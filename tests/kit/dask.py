"""A Dask cluster on loopback."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest


@contextmanager
def two_workers(variables: Mapping[str, str]) -> Iterator[Any]:
    """A scheduler with two worker processes of one thread each, which run with these variables in addition."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        # Any port that is free, since tests run side by side.
        dashboard_address="127.0.0.1:0",
        env=dict(variables),
    ) as cluster:
        yield cluster
