"""The reference of what commands print with ``--json``, from the schemas of these documents."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from interlock.cli.documents.commands import DOCUMENTS, VERDICTS
from interlock.cli.documents.json_schema import document_schema

_COMMON = ("command", "ok", "exit_code", "findings")


def documents_page() -> str:
    """The page, as Markdown: a section for each command, and one for each object that several of them have."""
    verdicts = [f"`{command}`" for command in DOCUMENTS if command in VERDICTS]
    parts = [
        "# JSON documents",
        "",
        "With `--json`, a command prints one document on stdout. All of them have:",
        "",
        "| key | value | |",
        "|---|---|---|",
        "| `command` | string | the command, such as `env install` |",
        "| `ok` | boolean | whether the command did what it was asked for |",
        f"| `exit_code` | integer | the exit code; missing in an answer, except for those of {', '.join(verdicts)} |",
        "| `findings` | list of [Finding](#finding) | errors, warnings and notes |",
        "",
        "Below is what their answers have beside that. Keys and types are stable: a later version may add keys.",
        "`interlock schema 'env install'` prints the same as a [JSON Schema](../schemas.md).",
        "",
    ]
    objects: dict[str, Any] = {}
    for command in DOCUMENTS:
        schema = document_schema(command)
        objects |= schema["$defs"]
        parts += [f"## interlock {command}", ""]
        for answer in schema["anyOf"][:-1]:
            keys = {key: value for key, value in answer["properties"].items() if key not in _COMMON}
            parts += [answer["description"], "", *_table(keys, answer["required"]), ""]
    parts += ["## Objects", ""]
    for name, schema in sorted(objects.items()):
        parts += [f"### {name}", "", schema["description"], "", *_table(schema["properties"], schema["required"]), ""]
    return "\n".join(parts)


def _table(keys: dict[str, Any], required: Iterable[str]) -> Iterator[str]:
    yield from ("| key | value | |", "|---|---|---|")
    for key, value in keys.items():
        shown = _kind(value) if key in required else f"{_kind(value)}, or missing"
        yield f"| `{key}` | {shown} | {value.get('description', '')} |"


def _kind(schema: dict[str, Any]) -> str:
    """What a value is, in words; an object leads to its section."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(map(_kind, schema["anyOf"]))
    if "enum" in schema:
        return ", ".join(f"`{json.dumps(choice)}`" for choice in schema["enum"])
    if "items" in schema:
        return f"list of {_kind(schema['items'])}"
    if isinstance(schema.get("additionalProperties"), dict):
        return f"object, whose values are: {_kind(schema['additionalProperties'])}"
    kinds = schema.get("type", "anything")
    return kinds if isinstance(kinds, str) else " or ".join(kinds)
