"""The graph that an install keeps beside its state."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock.install.fresh import GRAPH, read_state
from interlock.install.graph_record import read_graph
from interlock.install.state import State, save_state
from interlock.project.inspected import inspect_again

STATE = State(environment="default", platform="linux-64", complete=True)


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    (tmp_path / "conda-meta").mkdir()
    return tmp_path


def kept(prefix: Path) -> object:
    state = read_state(str(prefix))
    assert state is not None
    return read_graph(state)


def test_it_is_read_with_the_state_that_it_was_kept_with(prefix: Path) -> None:
    save_state(prefix, STATE, graph={"nodes": ["é"]})
    assert kept(prefix) == {"nodes": ["é"]}
    earlier = (prefix / GRAPH).read_bytes()
    save_state(prefix, STATE, graph={"nodes": []})
    (prefix / GRAPH).write_bytes(earlier)
    assert kept(prefix) is None, "it is that of another install"


def test_one_that_is_damaged_or_gone_counts_as_none(prefix: Path) -> None:
    save_state(prefix, STATE, graph={"nodes": []})
    (prefix / GRAPH).write_text('{"nodes":[1]}')
    assert kept(prefix) is None
    (prefix / GRAPH).unlink()
    assert kept(prefix) is None
    assert inspect_again({"prefix": str(prefix), "graph": 3}, None) is None
    assert inspect_again({}, None) is None


def test_an_install_without_one_leaves_none(prefix: Path) -> None:
    save_state(prefix, STATE, graph={"nodes": []})
    save_state(prefix, STATE)
    assert not (prefix / GRAPH).exists()
    assert kept(prefix) is None
