"""JSON Schemas by the names under which ``interlock schema`` knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from interlock.manifest.schema import manifest_schema, table_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MANIFEST_SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "tool.interlock": table_schema,
    "manifest": manifest_schema,
    "pyproject.toml": lambda: manifest_schema("pyproject.toml"),
    "pixi.toml": lambda: manifest_schema("pixi.toml"),
}
