"""``interlock schema`` prints each schema that its parser offers."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from interlock.cli.main import main
from interlock.cli.parsers.schema import MANIFESTS
from interlock.project.schemas import MANIFEST_SCHEMAS


def test_the_parser_offers_them_all() -> None:
    assert set(MANIFESTS) == set(MANIFEST_SCHEMAS)


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_schema_is_printed(name: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["schema", name, "--quiet"]) == 0
    schema = json.loads(capfdbinary.readouterr().out)
    Draft202012Validator.check_schema(schema)
    assert main(["schema", name, "--json"]) == 0
    document = json.loads(capfdbinary.readouterr().out)
    assert document == {"command": "schema", "ok": True, "name": name, "schema": schema, "findings": []}


def test_what_it_checks_of_a_manifest() -> None:
    wrong = {"project": {"name": 1}, "tool": {"interlock": {"build": {"jobs": "many"}}, "other": 1}}
    errors = list(Draft202012Validator(MANIFEST_SCHEMAS["manifest"]()).iter_errors(wrong))
    assert [list(error.absolute_path) for error in errors] == [["tool", "interlock", "build", "jobs"]]
