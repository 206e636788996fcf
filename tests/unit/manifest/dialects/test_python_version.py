from __future__ import annotations

import pytest

from manifest.conftest import Room

PROJECT = '[project]\nname = "demo"\nrequires-python = ">=3.10"\ndependencies = ["numpy"]\n'


def pinned(room: Room, text: str) -> str | None:
    room.write(text, ".python-version")
    return room.request(PROJECT).requires_python


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("3.12\n", "==3.12.*"),
        ("# pinned\n\n  3.12.4  \n3.13\n", "==3.12.4"),
        ("cpython@3.12", "==3.12.*"),
        ("cpython-3.12.4-linux-x86_64-gnu", "==3.12.4"),
        ("cp312", "==3.12.*"),
        (">=3.11,<3.13", "<3.13,>=3.11"),
        ("3.15.0a1", "==3.15.0a1"),
    ],
)
def test_the_pin_of_a_project_counts_beside_requires_python(room: Room, text: str, asked: str) -> None:
    assert pinned(room, text) == f">=3.10,{asked}"


def test_a_pin_is_a_file_of_the_manifest_and_has_a_place(room: Room) -> None:
    absent = room.load(PROJECT)
    assert room.root / ".python-version" in absent.files
    room.write("# ours\n3.12\n", ".python-version")
    where = room.request(PROJECT).requires_python_where
    assert where is not None
    assert (where.file.endswith(".python-version"), where.line) == (True, 2)


@pytest.mark.parametrize("text", ["pypy3.10", "3.13t", "3.13+freethreaded", "my-venv", "/usr/bin/python3", "3.x"])
def test_what_cannot_be_asked_of_conda_is_told(room: Room, text: str) -> None:
    assert pinned(room, f"{text}\n") == ">=3.10"
    (found,) = room.load(PROJECT).findings
    assert (found.code, found.where and found.where.line) == ("IL107", 1)
    assert pinned(room, f"{text}\n3.12\n") == ">=3.10,==3.12.*"


def test_a_member_of_a_workspace_has_the_pin_of_the_workspace_and_of_nothing_above(room: Room) -> None:
    room.write("3.11", ".python-version")
    room.write('[tool.uv.workspace]\nmembers = ["packages/*"]\n', "root/pyproject.toml")
    member = room.load(PROJECT, "root/packages/demo/pyproject.toml")
    assert member.request("default").requires_python == ">=3.10"
    room.write("3.12", "root/.python-version")
    member = room.load(PROJECT, "root/packages/demo/pyproject.toml")
    assert member.request("default").requires_python == ">=3.10,==3.12.*"


def test_pixi_does_not_read_it(room: Room) -> None:
    room.write("3.12", ".python-version")
    tables = '[tool.pixi.workspace]\nchannels = []\nplatforms = ["linux-64"]\n'
    assert room.request(PROJECT + tables).requires_python == ">=3.10"
