from __future__ import annotations

import json

from manifest.conftest import Room, line


def names(room: Room, text: str) -> dict[str, tuple[str, ...]]:
    workspace = room.load(f'[workspace]\nchannels = []\nplatforms = ["linux-64"]\n{text}\n', "pixi.toml")
    return dict(workspace.request("default", "linux-64").pypi_names)


def test_inline_mappings(room: Room) -> None:
    mapping = '{ PyTorch = "Torch", airflow = ["airflow", "apache_airflow"], none = false }'
    found = names(room, f"conda-pypi-map = {{ conda-forge = {{ mapping = {mapping} }} }}")
    assert found == {"pytorch": ("torch",), "airflow": ("airflow", "apache-airflow"), "none": ()}


def test_files_are_read_and_remembered(room: Room) -> None:
    path = room.write(json.dumps({"boltons": "boltons-pypi", "libfoo": None}), "maps/robostack.json")
    workspace = room.load(
        '[workspace]\nchannels = []\nplatforms = ["linux-64"]\n'
        'conda-pypi-map = { conda-forge = { mapping = { boltons = "first" } }, robo = "maps/robostack.json" }\n',
        "pixi.toml",
    )
    assert workspace.files == (room.root / "pixi.toml", path)
    assert workspace.request("default", "linux-64").pypi_names == {"boltons": ("first",), "libfoo": ()}


def test_what_cannot_be_followed_is_a_warning(room: Room) -> None:
    for value in (
        "false",
        "{ a = false }",
        '{ a = "https://example.com/map.json" }',
        '{ a = { mapping = {}, mapping-mode = "replace" } }',
    ):
        workspace = room.load(
            f'[workspace]\nchannels = []\nplatforms = ["linux-64"]\nconda-pypi-map = {value}\n', "pixi.toml"
        )
        (found,) = workspace.findings
        assert (found.code, line(found)) == ("IL114", 4)


def test_errors(room: Room) -> None:
    room.write("[1]", "list.json")
    room.write("{", "broken.json")
    room.write('{"a": 1}', "number.json")
    found = room.errors(
        """
        [workspace]
        channels = []
        platforms = ["linux-64"]
        [workspace.conda-pypi-map]
        a = "missing.json"
        b = "list.json"
        c = "broken.json"
        d = "number.json"
        e = 3
        f = { mapping = { x = true } }
        """,
        "pixi.toml",
    )
    expected = [("IL120", 5), ("IL105", 6), ("IL105", 7), ("IL105", 8), ("IL104", 9), ("IL104", 10)]
    assert [(item.code, line(item)) for item in found] == expected
