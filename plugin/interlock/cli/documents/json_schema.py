"""JSON Schemas (draft 2020-12) of documents, from the types that declare them."""

from __future__ import annotations

from inspect import getdoc
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from interlock.cli.documents.commands import DOCUMENTS, OPEN, VERDICTS
from interlock.cli.documents.shared import Failure, Finding

_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}


def document_schema(command: str, *, strict: bool = False) -> dict[str, Any]:
    """The schema of what a command prints with ``--json``: its answer, or why there is none.

    With ``strict``, keys that are not declared are not valid; otherwise a later version may add some.
    """
    found = _Definitions(strict=strict)
    usual = {"ok": {"const": True}}
    told = {"ok": {"type": "boolean"}, "exit_code": _EXIT_CODE}
    answers = [
        found.table(kind, command, told if command in VERDICTS else usual, closed=kind not in OPEN)
        for kind in DOCUMENTS[command]
    ]
    failure = found.table(Failure, command, {"ok": {"const": False}, "exit_code": _EXIT_CODE})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"interlock {command} --json",
        "anyOf": [*answers, failure],
        "$defs": dict(sorted(found.tables.items())),
    }


_EXIT_CODE = {"description": "the exit code of the command", "type": "integer"}


class _Definitions:
    """The tables that a document refers to, by name."""

    def __init__(self, *, strict: bool) -> None:
        self._strict = strict
        self.tables: dict[str, dict[str, Any]] = {}

    def table(
        self, kind: Any, command: str | None = None, head: dict[str, Any] | None = None, *, closed: bool = True
    ) -> dict[str, Any]:
        """The schema of a table; that of a whole document has ``head`` and what is common to all."""
        properties, required = self._properties(kind), set(kind.__required_keys__)
        if head is not None:
            findings = {"description": "what there is to say", **self.value(list[Finding])}
            properties = {"command": {"const": command}, **head, **properties, "findings": findings}
            required |= {"command", *head, "findings"}
        return {
            "description": _documented(kind),
            "type": "object",
            "properties": properties,
            "required": [key for key in properties if key in required],
            **({"additionalProperties": False} if self._strict and closed else {}),
        }

    def _properties(self, kind: Any) -> dict[str, dict[str, Any]]:
        return {key: self.value(each) for key, each in get_type_hints(kind, include_extras=True).items()}

    def value(self, kind: Any) -> dict[str, Any]:
        """The schema of a value of a type."""
        origin, arguments = get_origin(kind), get_args(kind)
        if origin is Annotated:
            return {"description": arguments[1], **self.value(arguments[0])}
        if origin in (Union, UnionType):
            return _union([self.value(each) for each in arguments])
        if origin is Literal:
            return {"enum": list(arguments)}
        if origin is list:
            return {"type": "array", "items": self.value(arguments[0])}
        if origin is dict:
            return {"type": "object", "additionalProperties": self.value(arguments[1])}
        if is_typeddict(kind):
            return self._reference(kind)
        return {} if kind is Any else {"type": _TYPES[kind]}

    def _reference(self, kind: Any) -> dict[str, Any]:
        if kind.__name__ not in self.tables:
            self.tables[kind.__name__] = {}  # a type may contain itself
            self.tables[kind.__name__] = self.table(kind)
        return {"$ref": f"#/$defs/{kind.__name__}"}


def _union(choices: list[dict[str, Any]]) -> dict[str, Any]:
    """One of several; simple types in one list."""
    if all(choice.keys() == {"type"} for choice in choices):
        return {"type": [choice["type"] for choice in choices]}
    if len(choices) == 2 and choices[1] == {"type": "null"} and "enum" in choices[0]:
        return {"enum": [*choices[0]["enum"], None]}
    return {"anyOf": choices}


def _documented(kind: Any) -> str:
    return (getdoc(kind) or "").partition("\n")[0]
