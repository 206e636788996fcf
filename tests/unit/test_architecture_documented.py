"""The page of the architecture: what it names exists, and its layers are those that import-linter checks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomli

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "plugin" / "interlock"
FROM_ROOT = ("plugin/", "hooks/", "tests/", "docs/", "recipes/", "benchmarks/")
# What is named without a folder: files at the top of the repository, and of projects.
WITHOUT_FOLDER = {"pyproject.toml", "pixi.toml", "interlock.lock", "findings.py", "plugin.py"}


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The cells of the tables in a text, without their heads."""
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if line[:1] == "|"]
    return [row for row in cells if not set("".join(row)) <= set("-|")]


def named() -> Iterator[Path]:
    """Every path that the page names."""
    for room, _, files in rows(section("The rooms"))[1:]:
        folder = PACKAGE / room.strip("`")
        yield folder
        yield from (folder / file for file in re.findall(r"`([^`]+)`", files))
    for text in re.findall(r"`([\w./-]+)`", PAGE.replace(section("The rooms"), "")):
        if re.fullmatch(r"[\w./-]+/|[\w/-]+\.(?:py|md|toml)", text) and text not in WITHOUT_FOLDER:
            yield (ROOT if text.startswith(FROM_ROOT) else PACKAGE) / text


def test_every_path_on_the_page_exists() -> None:
    paths = set(named())
    assert len(paths) > 100
    assert sorted(str(path.relative_to(ROOT)) for path in paths if not path.exists()) == []


def test_a_newcomer_finds_where_common_tasks_begin() -> None:
    tasks = rows(section("Where to begin"))[1:]
    assert len(tasks) >= 20
    assert [task for task, begin, *_ in tasks if not begin.startswith("`")] == []


def contract(name: str) -> list[str]:
    contracts = tomli.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    (layers,) = [each["layers"] for each in contracts if each["name"].startswith(name)]
    return list(layers)


def test_the_layers_are_those_of_the_contract_in_its_order() -> None:
    listed = rows(section("Layers").partition("### ")[0])[1:]
    names = [" | ".join(re.findall(r"`(\w+)`", rooms if layer == "the rooms" else layer)) for layer, rooms in listed]
    assert names == [layer for layer in contract("Data flows one way") if layer != "__main__"]


@pytest.mark.parametrize("room", ["builds", "resolve"])
def test_the_parts_of_large_rooms_are_listed(room: str) -> None:
    listed = {row[0].strip("`").rstrip("/") for row in rows(section("The rooms"))[1:]}
    parts = {f"{room}/{path.name}" for path in (PACKAGE / room).iterdir() if (path / "__init__.py").exists()}
    assert parts
    assert parts <= listed


def test_every_room_is_listed() -> None:
    listed = {row[0].strip("`").partition("/")[0] for row in rows(section("The rooms"))[1:]}
    (rooms,) = [layer.split(" | ") for layer in contract("Data flows one way") if " | " in layer]
    assert set(rooms) <= listed
