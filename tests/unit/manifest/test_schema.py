"""The schema of ``[tool.interlock]`` has the reader's keys, and accepts what the reader accepts."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from interlock.core.toml import parse_toml
from interlock.distributed.plugin import scheduler_address
from interlock.manifest.dialects.interlock import InterlockOptions, read_interlock
from interlock.manifest.document import Document
from interlock.manifest.report import Report
from interlock.manifest.schema import manifest_schema, table_schema
from interlock.manifest.table import Table
from interlock_hooks.types import InterlockError
from manifest.test_compatibility import recorded

ROOT = Path(__file__).parents[3]
SCHEMA = table_schema()
TABLE = Draft202012Validator(SCHEMA)
NAMED = "flash-attn"  # which "releases" of prebuilt wheels are known of
KEY = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="  # of RFC 8032, 7.1
EVERYTHING: dict[str, Any] = {
    "plugins": ["dask"],
    "build": {
        "store": [{"url": "wheels"}],
        "packages": {
            NAMED: {
                "requirements": [{"requirement": "torch"}],
                "prebuilt": [{"index": "wheels"}],
                "variables": {},
                "config-settings": {},
            }
        },
    },
    "audit": {"ignore": [{"id": "CVE-1", "reason": "not used"}]},
    **{name: {} for name in ("solve", "cuda", "dask")},
}
# Values of all kinds, among them some that a key could have.
VALUES: list[Any] = [
    *("", " ", "auto", "off", "cu124", "cu", "4 GB", "0.0MB", "1e3", "8.0", "9.0a+PTX", "a b", "a=b", "a", "a\n"),
    *("torch>=2", "https://example.com/{backend}", "../wheels", "s3://b/w"),
    *(0, 1, -1, 10**9, 10**9 + 1, 1.5, True, False),
    *([], ["a"], ["a b"], ["8.0"], [""], [1], [["a"]], {}, {"a": "b"}, {"a=b": "c"}, {"a": True}, {"a": 1}, {"a": {}}),
    *([{"url": "x"}], [{"url": "x", "write": True}], [{"url": ""}], [{"url": "x", "write": 1}], [{"write": True}]),
    *([{"index": "x"}], [{"index": ""}], [{"index": "{no}"}], ["x/{torch}"], ["{version}-{cuda}"], ["{no}"], ["{"]),
    *([{"url": "x", "index": "x"}], [KEY], [KEY.lower()], [f" {KEY}"], [KEY[:-4]]),
    *([{"requirement": "a"}], [{"requirement": "a", "match-runtime": True}], [{"requirement": "a", "match": 1}]),
]


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """What a schema says, that of its reference included."""
    reference = schema.get("$ref")
    return schema if reference is None else {**resolved(SCHEMA["$defs"][reference.rpartition("/")[2]]), **schema}


def tables(schema: dict[str, Any] = SCHEMA, *path: str | int) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """The tables of the schema whose keys it names, by path."""
    schema = resolved(schema)
    if "properties" in schema:
        yield path, schema["properties"]
        for key, inner in schema["properties"].items():
            yield from tables(inner, *path, key)
    for choice in schema.get("anyOf", ()):
        yield from tables(choice, *path)
    if isinstance(schema.get("additionalProperties"), dict) and path:
        yield from tables(schema["additionalProperties"], *path, NAMED)
    if "items" in schema:
        yield from tables(schema["items"], *path, 0)


def leaves() -> list[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Each key by its path, with its schema."""
    return [((*path, key), resolved(schema)) for path, keys in tables() for key, schema in keys.items()]


def nested(path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """A table in which a path leads to a value; what such a table has to have beside it is there."""
    for key in reversed(path):
        value = [value] if key == 0 else {key: value}
        if key in ("write", "trust") and path[0] == "build":
            value["url"] = "wheels"
        elif key == "match-runtime":
            value["requirement"] = "torch"
        elif key in ("id", "reason", "until"):
            value = {"id": "CVE-1", "reason": "not used", **value}
    table: dict[str, Any] = value
    return {"plugins": ["dask"], **table} if path[0] == "dask" else table


def read(table: dict[str, Any]) -> InterlockOptions:
    """What the reader makes of the table, with the plugin that has a table of its own."""
    report = Report()
    text = tomli_w.dumps({"tool": {"interlock": table}})
    options = read_interlock(Table.of(Document(Path("/project/pyproject.toml"), text), report))
    report.raise_errors()
    scheduler_address({"scheduler": "tcp://farm:1", **options.settings.get("dask", {})})
    return options


def accepted(table: dict[str, Any]) -> bool:
    try:
        read(table)
    except InterlockError:
        return False
    return True


def test_it_is_a_schema() -> None:
    for schema in (SCHEMA, manifest_schema(), manifest_schema("pixi.toml"), manifest_schema("pyproject.toml")):
        Draft202012Validator.check_schema(schema)


def test_it_has_the_keys_of_the_reader() -> None:
    with recorded() as found:
        read(EVERYTHING)
    # What the plugin's table may have, the plugin decides.
    read_keys = {
        path[2:]: set(keys)
        for path, keys in found.items()
        if path[:2] == ("tool", "interlock") and path[2:] != ("dask",)
    }
    own = {path: set(keys) for path, keys in tables() if path != ("dask",)}
    named = {("build", "packages"), ("build", "packages", NAMED, "variables")}
    assert {path: keys for path, keys in read_keys.items() if path not in named and keys} == own


def test_every_key_is_described() -> None:
    for path, schema in leaves():
        assert schema.get("description"), path
        assert all(accepted(nested(path, example)) for example in schema.get("examples", ())), path


def test_the_defaults_are_those_of_the_reader() -> None:
    defaults = {path: schema["default"] for path, schema in leaves() if "default" in schema and 0 not in path}
    assert len(defaults) > 15
    for path, value in defaults.items():
        assert accepted(nested(path, value))
        if path[0] != "cuda":  # whose settings are passed on as they are
            assert read(nested(path, value)) == read(nested(path[:-1], {}) if path[:-1] else {}), path


@pytest.mark.parametrize(("path", "schema"), leaves(), ids=[".".join(map(str, path)) for path, _ in leaves()])
def test_both_accept_the_same_values(path: tuple[str | int, ...], schema: dict[str, Any]) -> None:
    for value in itertools.chain(VALUES, schema.get("enum", ()), schema.get("examples", ())):
        table = nested(path, value)
        valid, taken = TABLE.is_valid(table), accepted(table)
        # Of requirements the schema only knows that they are text.
        assert valid == taken or (valid and "requirement" in str(path)), value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2**31) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=6), inner, max_size=2),
    max_leaves=4,
).filter(lambda value: value is not None)


@given(st.sampled_from([path for path, _ in leaves()]), JSON)
def test_what_the_reader_accepts_is_valid(path: tuple[str | int, ...], value: Any) -> None:
    try:
        table = parse_toml(tomli_w.dumps(nested(path, value)))
    except (TypeError, ValueError):  # what TOML cannot say
        return
    assert TABLE.is_valid(table) or not accepted(table)


def documented() -> list[tuple[str, str]]:
    """Every manifest of recipes and documentation, and those of its parts that are the table alone."""
    found = [(str(path.relative_to(ROOT)), path.read_text()) for path in (ROOT / "recipes").rglob("*.toml")]
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("**/*.md")]:
        blocks = re.findall(r"^```toml([^\n]*)\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
        found += [(page.name, text) for heading, text in blocks if " IL" not in heading]
    return [(name, text) for name, text in found if "interlock" in parse_toml(text).get("tool", {})]


@pytest.mark.parametrize(("name", "text"), documented())
def test_what_is_documented_is_valid(name: str, text: str) -> None:
    document = parse_toml(text)
    TABLE.validate(document["tool"]["interlock"])
    Draft202012Validator(manifest_schema()).validate(document)


def test_the_example_of_the_reference_has_every_key() -> None:
    text = next(text for name, text in documented() if name == "manifest.md" and "torch-index" in text)
    example = parse_toml(text)["tool"]["interlock"]
    for path, _ in leaves():
        if path[0] == "dask":  # is on the page about builds
            continue
        place: Any = example
        for key in path:
            if key == 0:
                place = dict(pair for each in place if isinstance(each, dict) for pair in each.items())
            else:
                place = next(iter(place.values())) if key == NAMED else place[key]


@pytest.mark.parametrize("key", ["biuld", "jobs"])
def test_what_is_no_table_is_a_mistake(key: str) -> None:
    assert not TABLE.is_valid({key: 1})
    assert not TABLE.is_valid({"build": {"discovry": "off"}})
