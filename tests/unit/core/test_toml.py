"""TOML that is legal, or nearly, and that no program can hold."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomli

from interlock.core.toml import parse_toml, read_tables


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("a = " + "[" * 3000, id="arrays"),
        pytest.param("a = " + "{a=" * 3000, id="tables"),
        pytest.param("a = " + "[" * 150 + "]" * 150, id="arrays-that-end"),
        pytest.param("a." * 3000 + "a = 1", id="keys"),
        pytest.param("a." * 150 + "a = 1", id="fewer-keys"),
        pytest.param("a = " + "1" * 5000, id="number"),
        pytest.param("a =", id="syntax"),
    ],
)
def test_everything_that_cannot_be_read_is_one_error_with_its_line(line: str) -> None:
    with pytest.raises(tomli.TOMLDecodeError) as error:
        parse_toml(f"b = 1\nc = {{ d = [1] }}\n{line}\n")
    assert error.value.lineno == 3


def test_what_people_nest_is_read() -> None:
    deep = "a." * 40 + "a"
    data = parse_toml(f"{deep} = {'[' * 40}{']' * 40}\n")
    for _ in range(41):
        data = data["a"]
    assert data == parse_toml(f"a = {'[' * 40}{']' * 40}")["a"]


def test_tables_of_another_project(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    assert read_tables(file) == {}
    file.write_text('project = "x"\n[tool]\na = ["b", 1, "c"]\n')
    assert read_tables(file) == {"tool": {"a": ["b", 1, "c"]}}
    for content in (b"[project", b"\xff", ("a = " + "[" * 3000).encode()):
        file.write_bytes(content)
        assert read_tables(file) == {}
