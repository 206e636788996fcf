from __future__ import annotations

import pytest

from interlock_hooks.types import Severity
from manifest.conftest import Room, line


def test_foreign_tools_in_pixi_toml(room: Room) -> None:
    workspace = room.pixi("""
        [tool.uv.extra-build-dependencies]
        a = ["b"]
        [tool.pixi.dependencies]
        python = "*"
        [tool.other]
        x = 1
        """)
    assert workspace.request("default", "linux-64").conda_specs == ()
    found = {(item.code, line(item), item.what) for item in workspace.findings}
    assert found == {
        ("IL107", 4, "[tool.uv] has no effect in pixi.toml"),
        ("IL107", 6, "[tool.pixi] has no effect in pixi.toml"),
    }
    assert all(item.severity is Severity.WARNING and item.fix for item in workspace.findings)


@pytest.mark.parametrize("table", ["dependencies", "pypi-options", "feature.x", "environments"])
def test_tables_of_pixi_at_the_top_of_pyproject(room: Room, table: str) -> None:
    workspace = room.load(f"[project]\nname = 'x'\n[{table}]\n")
    (found,) = workspace.findings
    assert (found.code, line(found)) == ("IL107", 3)
    assert found.fix == f"write [tool.pixi.{table.split('.')[0]}]"


@pytest.mark.parametrize("tool", ["uv", "pixi", "interlock"])
def test_tools_without_their_prefix(room: Room, tool: str) -> None:
    (found,) = room.load(f"[project]\nname = 'x'\n[{tool}]\n").findings
    assert found.fix == f"write [tool.{tool}]"


def test_uv_keys_in_the_pixi_table_of_pyproject(room: Room) -> None:
    workspace = room.load("""
        [tool.pixi.workspace]
        channels = []
        platforms = ["linux-64"]
        [tool.pixi.extra-build-dependencies]
        a = ["b"]
        [tool.uv]
        pypi-options = {}
        """)
    found = [(item.code, line(item), item.fix) for item in workspace.findings]
    assert ("IL107", 4, "move it to [tool.uv] of a pyproject.toml as 'extra-build-dependencies'") in found
    assert ("IL107", 7, "move it to [tool.pixi.pypi-options]") in found
