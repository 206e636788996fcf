"""The reference of ``[tool.interlock]``, from its JSON Schema: a table of keys for each object that it describes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]


def manifest_page(schema: Schema) -> str:
    """The reference of ``[tool.interlock]``: a section for each table."""
    parts = ["# Keys of [tool.interlock]", "", "[Manifests](../manifest.md) shows them in use.", ""]
    for name, table in _tables(schema, "tool.interlock", schema["$defs"]):
        parts += [f"## `[{name}]`", "", table["description"], ""]
        parts += ["| key | value | default | |", "|---|---|---|---|"]
        parts += [_row(key, _resolved(inner, schema["$defs"]), schema["$defs"]) for key, inner in _keys(table)]
        parts.append("")
    return "\n".join(parts)


def _tables(schema: Schema, name: str, definitions: Schema) -> Iterator[tuple[str, Schema]]:
    schema = _resolved(schema, definitions)
    keys = schema.get("properties")
    if keys is not None:
        yield name, schema
    for key, inner in (keys or {}).items():
        yield from _tables(inner, f"{name}.{key}", definitions)
    others = schema.get("additionalProperties")
    if isinstance(others, dict) and keys is None:
        yield from _tables(others, f"{name}.NAME", definitions)


def _keys(table: Schema) -> Iterator[tuple[str, Schema]]:
    yield from table["properties"].items()
    if table["additionalProperties"]:
        yield "NAME", table["additionalProperties"]


def _row(key: str, schema: Schema, definitions: Schema) -> str:
    default = f"`{json.dumps(schema['default'])}`" if "default" in schema else ""
    value = "table" if "properties" in schema else _kind(schema, definitions)
    examples = " or ".join(f"`{json.dumps(example)}`" for example in schema.get("examples", ()))
    shown = f"{value}, such as {examples}" if examples else value
    return f"| `{key}` | {shown} | {default} | {schema['description']} |"


def _kind(schema: Schema, definitions: Schema) -> str:
    """What a value is, in words."""
    schema = _resolved(schema, definitions)
    choices = schema.get("enum") or ([schema["const"]] if "const" in schema else ())
    if choices:
        return ", ".join(f"`{json.dumps(choice)}`" for choice in choices)
    if "anyOf" in schema:
        return " or ".join(_kind(choice, definitions) for choice in schema["anyOf"])
    if "items" in schema:
        return f"array of: {_kind(schema['items'], definitions)}"
    if "properties" in schema:
        return f"table with {', '.join(f'`{name}`' for name in schema['properties'])}"
    others = schema.get("additionalProperties")
    if isinstance(others, dict):
        return "table of tables" if "$ref" in others else f"table of: {_kind(others, definitions)}"
    return "table" if schema["type"] == "object" else str(schema["type"])


def _resolved(schema: Schema, definitions: Schema) -> Schema:
    """What a schema says, that of its reference included."""
    if "$ref" not in schema:
        return schema
    return {**_resolved(definitions[schema["$ref"].rpartition("/")[2]], definitions), **schema}
