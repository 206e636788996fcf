from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from interlock.manifest.yaml_document import YamlDocument
from interlock_hooks.types import Finding, InterlockError

PATH = Path("/project/environment.yml")


def refused(text: str) -> Finding:
    with pytest.raises(InterlockError) as caught:
        YamlDocument(PATH, text)
    (found,) = caught.value.findings
    return found


def test_every_scalar_stays_the_text_that_was_written() -> None:
    text = """\
python: 3.10
flag: no
date: 2026-01-31
octal: 010
nothing: ~
empty:
quoted: "~"
tagged: !!str null
block: |
  two
  lines
"""
    assert YamlDocument(PATH, text).data == {
        "python": "3.10",
        "flag": "no",
        "date": "2026-01-31",
        "octal": "010",
        "nothing": None,
        "empty": None,
        "quoted": "~",
        "tagged": "null",
        "block": "two\nlines\n",
    }


def test_every_key_and_element_has_its_line() -> None:
    document = YamlDocument(PATH, "# a\na:\n  - x\n  - pip:\n    - y\n    - [z,\n       w]\n")
    assert document.lines == {
        ("a",): 2,
        ("a", 0): 3,
        ("a", 1): 4,
        ("a", 1, "pip"): 4,
        ("a", 1, "pip", 0): 5,
        ("a", 1, "pip", 1): 6,
        ("a", 1, "pip", 1, 0): 6,
        ("a", 1, "pip", 1, 1): 7,
    }
    assert str(document.where(("a", 1, "pip", 0))).endswith("environment.yml:5 (a[1].pip[0])")


def test_anchors_aliases_and_merged_mappings() -> None:
    text = "base: &base\n  x: 1\n  y: 2\nother:\n  <<: *base\n  y: 3\nlist: [*base]\n"
    data = YamlDocument(PATH, text).data
    assert data["other"] == {"x": "1", "y": "3"}
    assert data["list"] == [{"x": "1", "y": "2"}]


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "~\n"])
def test_an_empty_file_is_an_empty_mapping(text: str) -> None:
    assert YamlDocument(PATH, text).data == {}


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        ("a: 1\nb: 'x\n", "end of stream", 3),
        ("a: 1\na: 2\n", "'a' is there twice", 2),
        ("a: 1\n---\nb: 2\n", "more than one document", 2),
        ("- a\n", "must be a mapping", 1),
        ("text\n", "must be a mapping", 1),
        ("a: *nowhere\n", "no anchor 'nowhere'", 1),
        ("a: &a [*a]\n", "no anchor 'a'", 1),
        ("? [x]\n: 1\n", "a key must be", 1),
        ("a:\n  <<: x\n", "merge", 2),
        ("a: 1\nb: \x07\n", "character", 2),
        ("[" * 100_000, "nested too deeply", 1),
    ],
)
def test_what_cannot_be_read_names_its_line(text: str, what: str, line: int) -> None:
    found = refused(text)
    assert found.code == "IL103"
    assert what in found.what
    assert found.where is not None
    assert found.where.line == line


def test_aliases_cannot_multiply_without_an_end() -> None:
    rows = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for before, name in pairwise("abcdefghi"):
        rows.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]")
    assert "too many values" in refused("\n".join(rows)).what


def test_places_are_those_of_what_the_data_has() -> None:
    document = YamlDocument(PATH, "a:\n  <<: [{b: 1}, {b: {c: 2}, d: 3}]\n  e: 4\n")
    assert document.data == {"a": {"b": "1", "d": "3", "e": "4"}}
    assert document.lines == {("a",): 1, ("a", "e"): 3}
    assert document.where(("a", "d")).line == 1


def test_a_nul_is_refused_at_its_place() -> None:
    found = refused('a: 1\nb: "x\\0"\n')
    assert found.code == "IL105"
    assert found.where is not None
    assert found.where.line == 2
