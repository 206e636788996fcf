"""A local index, a second one, and caches of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from interlock_hooks.testing.index import Index as Distributions
from interlock_hooks.testing.server import serve
from interlock_hooks.types import Index
from unit.resolve.asking import Asker


@pytest.fixture(scope="session")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("caches")


@pytest.fixture(autouse=True)
def _separate_caches(caches: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(caches / "uv"))
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(caches / "interlock"))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")


@pytest.fixture
def packages(tmp_path: Path) -> Iterator[Distributions]:
    """The files of the index."""
    folder = tmp_path / "index"
    folder.mkdir()
    with serve(folder) as served:
        yield Distributions(folder, served)


@pytest.fixture
def ask(packages: Distributions, tmp_path: Path) -> Asker:
    """Resolve requirements against the index."""
    return Asker(Index(url=packages.url, name="local", default=True), tmp_path)


@pytest.fixture
def other_index(tmp_path: Path) -> Iterator[Distributions]:
    """The files of a second index."""
    folder = tmp_path / "other"
    folder.mkdir()
    with serve(folder) as served:
        yield Distributions(folder, served)
