"""``Requires-Python`` of artifacts of every kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock.builds.sources.requires_python import required_pythons
from interlock.core.files import sha256_of
from interlock_hooks.testing.index import Index
from interlock_hooks.testing.sdists import Source
from interlock_hooks.testing.server import serve
from interlock_hooks.types import Artifact
from kit.repository import commit, make_repository

REQUIRED = ">=3.9,<3.12"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "index")


def asked(artifact: Artifact, root: Path) -> str | None:
    return required_pythons([artifact], root=root)[0]


def test_of_a_wheel_on_this_machine(index: Index, tmp_path: Path) -> None:
    bounded = index.wheel("app", "1.0", requires_python=REQUIRED)
    free = index.wheel("lib", "1.0")
    artifacts = [Artifact(kind="wheel", url=bounded.as_uri()), Artifact(kind="wheel", url=f"index/{free.name}")]
    assert required_pythons(artifacts, root=tmp_path) == [REQUIRED, None]


def test_of_a_wheel_on_an_index_only_the_metadata_is_fetched_and_once(index: Index, tmp_path: Path) -> None:
    wheel = index.wheel("app", "1.0", requires_python=REQUIRED)
    with serve(index.folder) as served:
        artifact = Artifact(kind="wheel", url=served.file(wheel.name), sha256=sha256_of(wheel))
        assert [asked(artifact, tmp_path) for _ in range(2)] == [REQUIRED, REQUIRED]
    assert [path.rpartition("/")[2] for path in served.requests] == [f"{wheel.name}.metadata"]


def test_of_an_sdist(index: Index, tmp_path: Path) -> None:
    sdist = index.sdist("app", "1.0", requires_python=REQUIRED)
    assert asked(Artifact(kind="sdist", url=sdist.as_uri(), filename=sdist.name), tmp_path) == REQUIRED


def test_of_source_trees(tmp_path: Path) -> None:
    tree = Source(name="app", version="1.0", requires_python=REQUIRED).write_tree(tmp_path / "trees")
    assert asked(Artifact(kind="directory", url=tree.as_uri()), tmp_path) == REQUIRED
    below = Artifact(kind="directory", url=tree.parent.as_uri(), subdirectory=tree.name)
    assert asked(below, tmp_path) == REQUIRED
    repository = make_repository(tree)
    head = commit(repository, "as it is")
    assert asked(Artifact(kind="git", url=f"git+{tree.as_uri()}", commit=head), tmp_path) == REQUIRED


def test_what_cannot_be_read_excludes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = tmp_path / "app-1.0-py3-none-any.whl"
    damaged.write_bytes(b"not a zip file")
    monkeypatch.setenv("UV_OFFLINE", "1")
    artifacts = [
        Artifact(kind="wheel", url=damaged.as_uri()),
        Artifact(kind="wheel", url="https://example.invalid/app-1.0-py3-none-any.whl"),
        Artifact(kind="sdist", url="missing-1.0.tar.gz"),
        Artifact(kind="directory", url="missing"),
    ]
    assert required_pythons(artifacts, root=tmp_path) == [None] * 4
