"""Schemas of documents, from the types that declare them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_type_hints

import pytest
from jsonschema import Draft202012Validator

from interlock.cli.documents.commands import DOCUMENTS, OPEN, VERDICTS
from interlock.cli.documents.json_schema import document_schema
from interlock.cli.json.envelope import answer_document, failure_document
from interlock.cli.json.environment import clean_document, run_document
from interlock.cli.parser import command_names


def valid(document: dict[str, Any], *, strict: bool = False) -> bool:
    return Draft202012Validator(document_schema(str(document["command"]), strict=strict)).is_valid(document)


def test_every_command_has_a_document() -> None:
    assert list(DOCUMENTS) == list(command_names())
    assert set(DOCUMENTS) >= VERDICTS
    assert {kind for kinds in DOCUMENTS.values() for kind in kinds} >= OPEN


@pytest.mark.parametrize("command", DOCUMENTS)
def test_it_is_a_schema(command: str) -> None:
    schema = document_schema(command)
    Draft202012Validator.check_schema(schema)
    assert [each["properties"]["command"] for each in schema["anyOf"]] == [{"const": command}] * len(schema["anyOf"])


@pytest.mark.parametrize("command", DOCUMENTS)
def test_it_is_described(command: str) -> None:
    schema = document_schema(command)
    tables = [*schema["anyOf"], *schema["$defs"].values()]
    # A type without a docstring has that of dict.
    assert [each for each in tables if not each["description"] or "dict(" in each["description"]] == []
    # Every table that one refers to is there.
    assert {each.rpartition("/")[2] for each in references(schema)} == set(schema["$defs"])


def references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (each for key, each in value.items() if key == "$ref")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from references(inner)


def test_an_answer_and_a_failure() -> None:
    answer = answer_document("env run", run_document("default", ["python"], 1), [])
    assert valid(answer)
    assert valid(failure_document("env run", [], 130))
    assert not valid({**answer, "ok": False})
    assert not valid({**answer, "status": "1"})
    assert not valid({key: value for key, value in answer.items() if key != "status"})
    assert not valid({**answer, "environment": None})


def test_later_versions_may_add_keys_and_tests_see_them() -> None:
    more = {**answer_document("env clean", clean_document([]), []), "more": 1}
    assert valid(more)
    assert not valid(more, strict=True)


def test_what_a_plugin_adds_to_env_info_is_not_declared() -> None:
    answer, *others = document_schema("env info", strict=True)["anyOf"]
    assert "additionalProperties" not in answer
    assert [each["additionalProperties"] for each in others] == [False, False]


def test_what_may_be_missing_is_not_required() -> None:
    answer = document_schema("env install")["anyOf"][0]
    assert set(answer["properties"]) - set(answer["required"]) == {"seconds"}
    assert get_type_hints(DOCUMENTS["env install"][0])["seconds"] is float
