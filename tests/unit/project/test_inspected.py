"""An environment as its install recorded it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from interlock.install.graph_record import write_graph
from interlock.project.inspected import inspect_again


@pytest.mark.parametrize("record", [{}, {"nodes": 1}, {"edges": [[1]]}, {"edges": [], "nodes": [[]], "lines": None}])
def test_a_record_of_another_shape_counts_as_none(tmp_path: Path, record: dict[str, Any]) -> None:
    (tmp_path / "conda-meta").mkdir()
    state = {"prefix": str(tmp_path), "graph": write_graph(tmp_path, record)}
    assert inspect_again(state, None) is None
