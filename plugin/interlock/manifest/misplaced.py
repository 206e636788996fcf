"""Tables in places where they have no effect.

Tools leave foreign tables alone in silence, so that ``[tool.uv]`` in a ``pixi.toml`` looks as if it worked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.manifest import codes
from interlock.manifest.known_keys import PIXI_TABLES

if TYPE_CHECKING:
    from interlock.manifest.table import Table


def check_pixi_toml(document: Table) -> None:
    """Report tables of a ``pixi.toml`` that only a ``pyproject.toml`` can hold."""
    tools = document.data.get("tool")
    if not isinstance(tools, dict):
        return
    if "pixi" in tools:
        what = "[tool.pixi] has no effect in pixi.toml"
        document.warning(codes.MISPLACED, what, "tool", "pixi", fix="remove the prefix 'tool.pixi.' from its tables")
    if "uv" in tools:
        document.warning(
            codes.MISPLACED,
            "[tool.uv] has no effect in pixi.toml",
            "tool",
            "uv",
            why="uv reads its settings from the manifest only if it is a pyproject.toml",
            fix="use [pypi-options] or [tool.interlock.build.packages.NAME], or move the manifest to pyproject.toml",
        )


def check_pyproject(document: Table) -> None:
    """Report pixi's and uv's tables that stand at the top level of a ``pyproject.toml`` without their prefix."""
    for key in document.data:
        if key in PIXI_TABLES:
            what = f"[{key}] has no effect at the top level of pyproject.toml"
            document.warning(codes.MISPLACED, what, key, fix=f"write [tool.pixi.{key}]")
        elif key in ("pixi", "uv", "interlock"):
            what = f"[{key}] has no effect in pyproject.toml"
            document.warning(codes.MISPLACED, what, key, fix=f"write [tool.{key}]")
