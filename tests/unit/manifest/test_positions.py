from __future__ import annotations

from dataclasses import dataclass, field
from textwrap import dedent

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from interlock.manifest.positions import Key, key_lines


def lines(text: str) -> dict[Key, int]:
    text = dedent(text).lstrip("\n")
    tomli.loads(text)
    return key_lines(text)


def test_tables_keys_and_array_elements() -> None:
    found = lines("""
        title = "x" # comment [not.a.table]
        [a.b]
        c = 1

        [a]
        d = [
          "one", # with, a comment ]
          "two",
        ]
        """)
    assert found == {
        ("title",): 1,
        ("a",): 5,
        ("a", "b"): 2,
        ("a", "b", "c"): 3,
        ("a", "d"): 6,
        ("a", "d", 0): 7,
        ("a", "d", 1): 8,
    }


def test_arrays_of_tables_with_tables_inside() -> None:
    found = lines("""
        [[index]]
        url = "a"
        [index.auth]
        user = "b"
        [[index]]
        url = "c"
        [index.auth]
        user = "d"
        """)
    assert found[("index",)] == 1
    assert found[("index", 0)] == 1
    assert found[("index", 0, "auth", "user")] == 4
    assert found[("index", 1)] == 5
    assert found[("index", 1, "url")] == 6
    assert found[("index", 1, "auth")] == 7


def test_toml_1_1_inline_tables_over_several_lines() -> None:
    found = lines("""
        [dependencies]
        python = { # a comment
          version = ">=3.12",
          nested = { deep.key = 1,
            other = [ { x = 1 },
              { y = 2 } ] },
        }
        last = "*"
        """)
    assert found[("dependencies", "python", "version")] == 3
    assert found[("dependencies", "python", "nested", "deep", "key")] == 4
    assert found[("dependencies", "python", "nested", "other", 1, "y")] == 6
    assert found[("dependencies", "last")] == 8


@pytest.mark.parametrize(
    "value",
    [
        '"]}#,"',
        "'\\'",
        '"\\""',
        '""',
        "''",
        '"""\n]#"\\"" \n"""',
        '"""a"""""',
        "'''\n''a'''''",
        "1979-05-27 07:32:00Z",
        "-inf",
        "0xff",
    ],
)
def test_values_are_skipped_whatever_they_contain(value: str) -> None:
    text = f"a = {value}\nb = [{value}, {value}]\nc = {{ d = {value}, e = 1 }}\nend = 1\n"
    tomli.loads(text)
    assert key_lines(text)[("end",)] == text.splitlines().index("end = 1") + 1


def test_quoted_and_dotted_keys_and_blanks() -> None:
    found = lines("""
        [ "a.b" . 'c"d' ]
        e . f = 1
        "\\u0041" = 2
        """)
    assert found[("a.b", 'c"d')] == 1
    assert found[("a.b", 'c"d', "e", "f")] == 2
    assert found[("a.b", 'c"d', "A")] == 3


def test_empty_and_comment_only_documents() -> None:
    assert key_lines("") == {}
    assert key_lines("# nothing\n\n  # here") == {}
    assert key_lines("a = 1") == {("a",): 1}


# A generator of documents that knows the line of each key it writes.

NAMES = st.sampled_from(["a", "b", "c-d", "1", "x y", 'q"', "é", "#", "a.b"])


def quoted(name: str) -> str:
    bare = name.isascii() and name.replace("-", "").isalnum()
    return name if bare else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


SCALARS = st.sampled_from(
    [
        "1",
        "true",
        '"s"',
        "'l]'",
        '"#,}]"',
        '"""\nm\n"""',
        "'''\n[x]\ny = 1'''",
        "1.5e3",
        "2020-01-01 10:00:00",
        '"\\"="',
    ]
)


@dataclass
class Writer:
    """Writes TOML at random and notes where each key begins."""

    draw: st.DrawFn
    text: str = ""
    lines: dict[Key, int] = field(default_factory=dict)

    @property
    def line(self) -> int:
        return self.text.count("\n") + 1

    def gap(self) -> None:
        self.text += self.draw(st.sampled_from(["", " ", "\n", "\n# c ] } , =\n  "]))

    def value(self, path: Key, depth: int) -> None:
        shape = self.draw(st.sampled_from(["scalar", "scalar", "array", "table"])) if depth else "scalar"
        if shape == "scalar":
            self.text += self.draw(SCALARS)
        elif shape == "array":
            self.array(path, depth)
        else:
            self.table(path, depth)

    def array(self, path: Key, depth: int) -> None:
        count = self.draw(st.integers(0, 3))
        self.text += "["
        for index in range(count):
            self.gap()
            self.lines[(*path, index)] = self.line
            self.value((*path, index), depth - 1)
            self.gap()
            last = index == count - 1
            self.text += "," if not last or self.draw(st.booleans()) else ""
        self.gap()
        self.text += "]"

    def table(self, path: Key, depth: int) -> None:
        names = self.draw(st.lists(NAMES, max_size=3, unique=True))
        self.text += "{"
        for number, name in enumerate(names):
            self.gap()
            self.pair((*path, name), depth - 1)
            self.gap()
            last = number == len(names) - 1
            self.text += "," if not last or self.draw(st.booleans()) else ""
        self.gap()
        self.text += "}"

    def pair(self, path: Key, depth: int) -> None:
        self.lines[path] = self.line
        self.text += f"{quoted(str(path[-1]))} = "
        self.value(path, depth)

    def end_line(self) -> None:
        self.text += self.draw(st.sampled_from(["\n", " # comment\n", "\n\n", "\n # [x]\n"]))

    def body(self, path: Key) -> None:
        for name in self.draw(st.lists(NAMES, max_size=3, unique=True)):
            self.pair((*path, name), 3)
            self.end_line()


@st.composite
def documents(draw: st.DrawFn) -> Writer:
    writer = Writer(draw)
    writer.body(())
    for number in range(draw(st.integers(0, 3))):
        name = f"table{number}"
        elements = draw(st.integers(0, 3))
        for index in range(elements):
            writer.lines.setdefault((name,), writer.line)
            writer.lines[(name, index)] = writer.line
            writer.text += f"[[{name}]]"
            writer.end_line()
            writer.body((name, index))
        if not elements:
            writer.lines[(name,)] = writer.lines[(name, "in ner")] = writer.line
            writer.text += f'[ {name} . "in ner" ]'
            writer.end_line()
            writer.body((name, "in ner"))
    return writer


@given(documents())
def test_the_line_of_every_key_of_any_document(writer: Writer) -> None:
    tomli.loads(writer.text)
    assert key_lines(writer.text) == writer.lines


def paths(value: object, path: Key = ()) -> set[Key]:
    found = {path} if path else set()
    if isinstance(value, dict):
        for key, item in value.items():
            found |= paths(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found |= paths(item, (*path, index))
    return found


@given(documents())
def test_the_scanner_and_the_parser_see_the_same_keys(writer: Writer) -> None:
    assert set(key_lines(writer.text)) == paths(tomli.loads(writer.text))
