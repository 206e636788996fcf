"""The JSON Schema (draft 2020-12) of ``[tool.interlock]``, for editors; tests hold it to what the reader accepts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "data" / "tool_interlock.schema.json"
# Published schemas of the other tables. Editors fetch them; Interlock does not.
_OTHER_TABLES = {
    "pyproject.toml": "https://json.schemastore.org/pyproject.json",
    "pixi.toml": "https://pixi.sh/latest/schema/manifest/schema.json",
}


def table_schema() -> dict[str, Any]:
    """The schema of the table alone."""
    schema: dict[str, Any] = json.loads(_DATA.read_text(encoding="utf-8"))
    return schema


def manifest_schema(file: str | None = None) -> dict[str, Any]:
    """The schema of a whole TOML file with that table; for a ``file`` of that name, its other tables are checked."""
    table = table_schema()
    dialect, definitions = table.pop("$schema"), table.pop("$defs")
    others = {} if file is None else {"allOf": [{"$ref": _OTHER_TABLES[file]}]}
    return {
        "$schema": dialect,
        "title": file or "A manifest with [tool.interlock]",
        "type": "object",
        **others,
        "properties": {"tool": {"type": "object", "properties": {"interlock": table}}},
        "$defs": definitions,
    }
