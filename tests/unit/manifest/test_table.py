from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from interlock.manifest.document import Document
from interlock.manifest.report import Report
from interlock.manifest.table import Table, kind
from interlock_hooks.types import InterlockError, Severity
from manifest.conftest import Room


def table(text: str, *, strict: bool = False) -> Table:
    document = Document(Path("/project/pixi.toml"), text)
    return Table(document.data, (), document, Report(), strict=strict)


def errors(of: Table) -> list[tuple[str, int | None]]:
    try:
        of.report.raise_errors()
    except InterlockError as error:
        return [(found.code, found.where.line if found.where else None) for found in error.findings]
    return []


READERS: list[tuple[Callable[[Table], object], str]] = [
    (lambda t: t.string("key"), "a string"),
    (lambda t: t.boolean("key"), "a boolean"),
    (lambda t: t.strings("key"), "an array of strings"),
    (lambda t: t.table("key"), "a table"),
    (lambda t: list(t.tables("key")), "an array of tables"),
    (lambda t: list(t.children("key")), "a table"),
    (lambda t: t.variables("key"), "a table"),
    (lambda t: t.choice("key", ["a"]), "a string"),
]


@pytest.mark.parametrize(("read", "expected"), READERS)
def test_a_wrong_type_says_what_is_expected_and_what_was_found(read: Callable[[Table], object], expected: str) -> None:
    subject = table("# first\nkey = 1.5\n")
    assert not read(subject)
    with pytest.raises(InterlockError) as caught:
        subject.report.raise_errors()
    (found,) = caught.value.findings
    assert found.code == "IL104"
    assert found.what == f"'key' must be {expected}, found a float"
    assert found.where is not None
    assert (found.where.line, found.where.key) == (2, "key")


def test_a_string_in_place_of_an_array_is_shown_as_a_list() -> None:
    subject = table('key = "a"')
    assert subject.strings("key") == ()
    assert subject.report.findings[0].fix == 'write it as a list: ["a"]'


def test_wrong_elements_are_reported_with_their_own_lines() -> None:
    subject = table('key = [\n  "a",\n  1,\n  "b",\n]\n')
    assert subject.strings("key") == ("a", "b")
    assert errors(subject) == [("IL104", 3)]


def test_all_errors_are_collected_in_order_of_lines() -> None:
    subject = table("a = 1\nb = 2\nc = ''\n")
    subject.string("c")
    subject.string("b")
    subject.string("a")
    assert errors(subject) == [("IL104", 1), ("IL104", 2), ("IL105", 3)]


def test_choices_suggest_the_nearest() -> None:
    subject = table('key = "strct"')
    assert subject.choice("key", ("strict", "disabled")) is None
    with pytest.raises(InterlockError, match="one of 'strict', 'disabled'") as caught:
        subject.report.raise_errors()
    assert caught.value.findings[0].fix == "did you mean 'strict'?"


@pytest.mark.parametrize(
    ("key", "strict", "severity"),
    [
        ("chanels", True, Severity.ERROR),
        ("chanels", False, Severity.ERROR),
        ("channels-priority", True, Severity.ERROR),
        ("channels-priority", False, Severity.WARNING),
    ],
)
def test_unknown_keys_name_the_nearest_known_one(key: str, strict: bool, severity: Severity) -> None:
    subject = table(f"\n{key} = []\n", strict=strict)
    subject.strings("channels")
    subject.close()
    (found,) = subject.report.findings
    assert found.severity is severity
    assert found.code == "IL106"
    assert found.fix == "did you mean 'channels'?"
    assert found.where is not None
    assert found.where.line == 2


def test_tables_inherit_strictness() -> None:
    subject = table("[a]\nb = 1\n", strict=True)
    inner = subject.table("a")
    assert inner is not None
    inner.close()
    assert errors(subject) == [("IL106", 2)]


def test_a_required_key() -> None:
    subject = table("[a]\nb = 1\n")
    inner = subject.table("a")
    assert inner is not None
    assert inner.required("name") is None
    assert errors(subject) == [("IL119", 1)]


def test_every_toml_type_has_a_name() -> None:
    data = table('a="s"\nb=1\nc=1.0\nd=true\ne=[]\nf={}\ng=2020-01-01\nh=10:00:00').data
    assert [kind(value) for value in data.values()] == [
        *("a string", "an integer", "a float", "a boolean", "an array", "a table", "a date or time", "a date or time")
    ]


def test_what_resembles_a_key_without_effect_is_a_warning(room: Room) -> None:
    workspace = room.load('[project]\nname = "demo"\nauthor = []\ndependencies = ["a"]\n')
    (found,) = workspace.findings
    assert (found.code, found.fix) == ("IL106", "did you mean 'authors'?")
    wrong = room.error('[project]\nname = "demo"\ndependencis = ["a"]\n')
    assert (wrong.code, wrong.fix) == ("IL106", "did you mean 'dependencies'?")


def test_a_table_further_down() -> None:
    subject = table("[tool.uv]\nmanaged = true\n[other]\nuv = 1\n")
    found = subject.table("tool", "uv")
    assert found is not None
    assert (found.path, found.data) == (("tool", "uv"), {"managed": True})
    assert not any(subject.table(*path) for path in (("tool", "pixi"), ("no", "uv"), ("other", "uv")))
    assert errors(subject) == [("IL104", 4)]
