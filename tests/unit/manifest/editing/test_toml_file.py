"""Edits of TOML text: what is meant changes, and every other byte stays."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import tomllib
from hypothesis import given
from hypothesis import strategies as st

from interlock.manifest.editing.toml_file import TomlFile, place_in

TEXT = """\
# At the top.
[project]
name = "x"
dependencies = [
    "a>=1",  # keep a
    # about c
    "c",
]
short = ["a", "c"]
open = [
  'a'
]
empty = []
inline = {a = 1, b = 2}

[tool.pixi]
target.linux-64.dependencies.gcc = "*"

[tool.pixi.dependencies]
a = "*"     # comment
c = '*'

# About z.
[tool.z]
k = 1
"""
DEPENDENCIES = ("project", "dependencies")


def lines_added(old: str, new: str) -> list[str]:
    """The new lines that are not blank; the new text has to have all lines of the old one, in their order."""
    rest = iter(new.splitlines())
    added = []
    for line in old.rstrip().splitlines():
        for each in rest:
            if each == line:
                break
            added.append(each)
        else:
            raise AssertionError(f"{line!r} is gone")
    return [line for line in (*added, *rest) if line]


@pytest.mark.parametrize(
    ("path", "value", "added"),
    [
        (("tool", "pixi", "dependencies", "b"), "*", ['b = "*"']),
        (
            ("tool", "pixi", "dependencies", "d"),
            {"version": ">=1", "build": "x"},
            ['d = { version = ">=1", build = "x" }'],
        ),
        (
            ("tool", "pixi", "target", "linux-64", "dependencies", "zlib"),
            "*",
            ['target.linux-64.dependencies.zlib = "*"'],
        ),
        (("tool", "pixi", "pypi-dependencies", "b"), "*", ["[tool.pixi.pypi-dependencies]", 'b = "*"']),
        (("tool", "uv", "x"), True, ["[tool.uv]", "x = true"]),
    ],
)
def test_a_key_gets_a_line_of_its_own(path: tuple[str, ...], value: object, added: list[str]) -> None:
    file = TomlFile(TEXT).with_value(path, value)
    assert lines_added(TEXT, file.text) == added
    assert file.get(path) == value


def test_a_key_goes_to_the_keys_and_not_below_the_comment_of_the_next_table() -> None:
    text = TomlFile(TEXT).with_value(("tool", "pixi", "dependencies", "d"), "*").text
    assert "c = '*'\nd = \"*\"\n\n# About z.\n[tool.z]" in text


def test_a_value_keeps_its_quotes_and_its_comment() -> None:
    file = TomlFile(TEXT).with_value(("tool", "pixi", "dependencies", "c"), ">=2")
    file = file.with_value(("tool", "pixi", "dependencies", "a"), "<3")
    assert "a = \"<3\"     # comment\nc = '>=2'\n" in file.text


@pytest.mark.parametrize(
    ("name", "index", "text"),
    [
        ("dependencies", 0, '[\n    "new",\n    "a>=1",  # keep a\n'),
        ("dependencies", 1, '"a>=1",  # keep a\n    "new",\n    # about c\n    "c",\n]'),
        ("dependencies", 2, '    "c",\n    "new",\n]'),
        ("short", 0, '["new", "a", "c"]'),
        ("short", 1, '["a", "new", "c"]'),
        ("short", 2, '["a", "c", "new"]'),
        ("open", 1, "[\n  'a',\n  'new'\n]"),
        ("empty", 0, '["new"]'),
    ],
)
def test_an_element_follows_the_layout_and_leaves_no_trace(name: str, index: int, text: str) -> None:
    file = TomlFile(TEXT).with_element(("project", name), index, "new")
    assert text in file.text
    assert file.get(("project", name))[index] == "new"
    assert file.without_element(("project", name), index).text == TEXT


def test_windows_line_ends_stay() -> None:
    text = TEXT.replace("\n", "\r\n")
    file = TomlFile(text).with_value(("tool", "pixi", "dependencies", "b"), "*").with_element(DEPENDENCIES, 1, "b")
    assert file.text.count("\n") == file.text.count("\r\n") == text.count("\n") + 2
    back = file.without_element(DEPENDENCIES, 1).without(("tool", "pixi", "dependencies", "b"))
    assert back.text == text


def test_a_comma_in_a_comment_parts_nothing() -> None:
    text = 'a = [\n    "x"  # one, two\n]\n'
    file = TomlFile(text).with_element(("a",), 1, "y")
    assert file.text == 'a = [\n    "x",  # one, two\n    "y"\n]\n'
    assert file.without_element(("a",), 1).text == text


@pytest.mark.parametrize("gap", ["", ",", " " * 1000])
def test_a_bracket_that_closes_on_the_line_of_the_last_element_stays_at_the_end(gap: str) -> None:
    text = f'a = [\n    "x"{gap}]\n'
    file = TomlFile(text).with_element(("a",), 1, "y")
    assert file.data == {"a": ["x", "y"]}
    assert file.without_element(("a",), 1).data == {"a": ["x"]}


def test_inline_tables() -> None:
    file = TomlFile(TEXT).with_value(("project", "inline", "c"), "x")
    assert 'inline = {a = 1, b = 2, c = "x"}' in file.text
    assert file.without(("project", "inline", "c")).text == TEXT
    nested = TomlFile(TEXT).with_value(("project", "inline", "deep", "key"), 1)
    assert nested.get(("project", "inline", "deep", "key")) == 1


def test_a_table_goes_with_what_is_below_it() -> None:
    text = "[a]\nx = 1\n\n[a.b]\ny = 2\n\n[a.b.c]\nz = 3\n\n[d]\n"
    assert tomllib.loads(TomlFile(text).without(("a", "b")).text) == {"a": {"x": 1}, "d": {}}


def test_an_empty_table_goes_unless_it_has_a_comment() -> None:
    assert TomlFile("[a]\n\n[b]\nx = 1\n").without_empty(("a",)).text == "[b]\nx = 1\n"
    assert TomlFile("[a]\n# keep\n\n[b]\n").without_empty(("a",)).text == "[a]\n# keep\n\n[b]\n"


def test_only_a_sorted_list_stays_sorted() -> None:
    assert place_in(["a", "c"], "B") == 1
    assert place_in(["c", "a"], "b") == 2
    assert place_in(["c"], "b") == 1


# -- any document ----------------------------------------------------------------------------------------------------

_KEYS = st.sampled_from(["a", "b-c", "d", "needs quotes", "é", "z.y"])
_STRINGS = st.text(alphabet="ab#[]{},='\"\\ \né", max_size=6)
_COMMENTS = st.sampled_from(["", "  # a [comment], = { }", "\t#"])


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A document of tables, with arrays over several lines, inline tables, comments and blank lines."""
    lines = []
    for number, table in enumerate(draw(st.lists(_KEYS, unique=True, min_size=1, max_size=3))):
        lines += [draw(_COMMENTS), f"[{_key('tool')}.{_key(table)}]{draw(_COMMENTS)}"]
        for key in draw(st.lists(_KEYS, unique=True, max_size=4)):
            lines.append(f"{_key(key)} = {draw(values())}{draw(_COMMENTS)}")
        lines += [""] * draw(st.integers(0, 2 - number % 2))
    return "\n".join(lines) + draw(st.sampled_from(["", "\n"]))


@st.composite
def values(draw: st.DrawFn) -> str:
    """A value as a document may have it."""
    kind = draw(st.sampled_from(["string", "array", "lines", "inline", "number"]))
    if kind == "number":
        return "1"
    texts = [_string(text) for text in draw(st.lists(_STRINGS, max_size=3))]
    if kind == "string":
        return _string(draw(_STRINGS))
    if kind == "array":
        return f"[{', '.join(texts)}]"
    if kind == "inline":
        names = ["a", "b", "c"]
        return "{" + ", ".join(f"{name} = {text}" for name, text in zip(names, texts, strict=False)) + "}"
    comma = draw(st.sampled_from([",", ""]))
    end = draw(st.sampled_from(["]", "\n]", f"{draw(_COMMENTS)}\n]"]))
    return "[\n" + ",\n".join(f"    {text}" for text in texts) + (comma if texts else "") + end


def _string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _key(text: str) -> str:
    return text if text.replace("-", "").isalnum() and text.isascii() else _string(text)


@given(documents(), _KEYS, _KEYS, _STRINGS)
def test_setting_a_key_changes_the_data_and_nothing_else(text: str, table: str, key: str, value: str) -> None:
    expected: dict[str, Any] = tomllib.loads(text)
    known = copy.deepcopy(expected)
    expected.setdefault("tool", {}).setdefault(table, {})[key] = value
    file = TomlFile(text).with_value(("tool", table, key), value)
    assert tomllib.loads(file.text) == expected
    if key not in known.get("tool", {}).get(table, {}):
        assert lines_added(text, file.text)
        back = file.without(("tool", table, key))
        back = back if table in known.get("tool", {}) else back.without_empty(("tool", table))
        assert back.text.rstrip("\n") == text.rstrip("\n")


@given(documents(), st.data(), _STRINGS)
def test_an_element_that_is_added_and_removed_leaves_the_text_as_it_was(
    text: str, data: st.DataObject, value: str
) -> None:
    found = tomllib.loads(text).get("tool", {})
    arrays = [(table, key) for table, inner in found.items() for key, each in inner.items() if isinstance(each, list)]
    if not arrays:
        return
    table, key = data.draw(st.sampled_from(arrays))
    path, index = ("tool", table, key), data.draw(st.integers(0, len(found[table][key])))
    file = TomlFile(text).with_element(path, index, value)
    expected = copy.deepcopy(found)
    expected[table][key].insert(index, value)
    assert tomllib.loads(file.text)["tool"] == expected
    assert tomllib.loads(file.without_element(path, index).text)["tool"] == found
    if found[table][key]:
        assert file.without_element(path, index).text == text
