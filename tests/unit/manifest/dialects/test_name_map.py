from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.lock.digest import request_digest
from interlock.manifest.dialects.name_map_file import pypi_names
from interlock_hooks.types import ChannelNames, EnvironmentRequest, NameOrigin
from manifest.conftest import Room, line

HEAD = '[workspace]\nchannels = ["conda-forge", "robo", "./local"]\nplatforms = ["linux-64"]\n'


def ask(room: Room, text: str) -> EnvironmentRequest:
    workspace = room.load(f"{HEAD}{text}\n", "pixi.toml")
    assert workspace.findings == ()
    return workspace.request("default", "linux-64")


def only(room: Room, value: str) -> ChannelNames:
    (found,) = ask(room, f"conda-pypi-map = {value}").pypi_names
    return found


def test_inline_mappings(room: Room) -> None:
    mapping = '{ PyTorch = "Torch", airflow = ["airflow", "apache_airflow"], none = false, nothing = [] }'
    found = only(room, f"{{ conda-forge = {{ mapping = {mapping} }} }}")
    assert {name: mapped.names for name, mapped in found.inline.items()} == {
        "pytorch": ("torch",),
        "airflow": ("airflow", "apache-airflow"),
        "none": (),
        "nothing": (),
    }
    origin = found.inline["pytorch"].origin
    assert origin == NameOrigin(rule="inline")
    assert str(origin.where).endswith("pixi.toml:4 (workspace.conda-pypi-map.conda-forge.mapping.PyTorch)")
    assert (found.channel, found.replace, found.same_name, found.off) == ("conda-forge", False, None, False)


def test_files_are_read_and_remembered(room: Room) -> None:
    path = room.write(json.dumps({"Boltons": "boltons-pypi", "libfoo": None, "two": ["a", "b"]}), "maps/robo.json")
    workspace = room.load(
        f'{HEAD}conda-pypi-map = {{ robo = "maps/robo.json", "./local" = {{ location = "{path.as_uri()}" }} }}\n',
        "pixi.toml",
    )
    robo, local = workspace.request("default", "linux-64").pypi_names
    assert workspace.files == (room.root / "pixi.toml", path)
    assert robo.listed == {"boltons": ("boltons-pypi",), "libfoo": (), "two": ("a", "b")} == local.listed
    assert robo.location == str(path) == local.location
    assert local.channel == (room.root / "local").as_uri()


def test_an_address_is_not_read_with_the_manifest(room: Room) -> None:
    found = only(room, '{ robo = "https://127.0.0.1:9/map.json" }')
    assert (found.location, found.listed, found.sha256) == ("https://127.0.0.1:9/map.json", {}, None)


def test_modes(room: Room) -> None:
    replacing = only(room, '{ robo = { mapping-mode = "replace", same-name-heuristic = true } }')
    assert (replacing.replace, replacing.same_name) == (True, True)
    assert only(room, '{ robo = { same-name-heuristic = false, mapping-mode = "overlay" } }').same_name is False


def test_false_turns_off(room: Room) -> None:
    every, robo = only(room, "false"), only(room, "{ robo = false }")
    assert (every.channel, every.off) == ("*", True)
    assert (robo.channel, robo.off) == ("robo", True)


def test_an_empty_map_replaces_and_is_warned_about(room: Room) -> None:
    workspace = room.load(f"{HEAD}conda-pypi-map = {{}}\n", "pixi.toml")
    assert [(each.code, line(each)) for each in workspace.findings] == [("IL126", 4)]
    (found,) = workspace.request("default", "linux-64").pypi_names
    assert (found.channel, found.replace) == ("conda-forge", True)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("true", "IL104"),
        ("3", "IL104"),
        ("{ robo = true }", "IL104"),
        ("{ robo = 3 }", "IL104"),
        ("{ robo = {} }", "IL121"),
        ('{ robo = { mapping-mode = "extend" } }', "IL105"),
        ('{ robo = { same-name-heuristic = "no" } }', "IL104"),
        ("{ robo = { mapping = { x = true } } }", "IL104"),
        ('{ robo = { mapping = { x = ["a", 1] } } }', "IL122"),
        ('{ robo = { mapping = { x = "not a name" } } }', "IL122"),
        ('{ robo = { mapping = { x = "" } } }', "IL122"),
        ('{ robo = "missing.json" }', "IL120"),
        ('{ robo = "ftp://example.com/map.json" }', "IL121"),
        ('{ robo = false, "https://conda.anaconda.org/robo/" = false }', "IL123"),
    ],
)
def test_errors_name_the_line(room: Room, value: str, code: str) -> None:
    found = room.error(f"{HEAD}conda-pypi-map = {value}\n", "pixi.toml")
    assert (found.code, line(found)) == (code, 4)
    assert "conda-pypi-map" in str(found.where)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[1]", [("IL121", 1, None)]),
        ('{"a": "b",\n', [("IL121", 2, None)]),
        (
            '{"fine": "x",\n "a": 1,\n "b": ["c", true],\n "d": "not a name"}',
            [("IL122", 2, "a"), ("IL122", 3, "b"), ("IL122", 4, "d")],
        ),
    ],
)
def test_errors_in_a_file_name_its_line_and_key(room: Room, text: str, expected: list[object]) -> None:
    room.write(text, "map.json")
    found = room.errors(f'{HEAD}conda-pypi-map = {{ robo = "map.json" }}\n', "pixi.toml")
    assert [(each.code, line(each), each.where and each.where.key) for each in found] == expected
    assert all(each.where is not None and each.where.file.endswith("map.json") for each in found)


def test_a_page_in_place_of_the_file(room: Room) -> None:
    room.write("<!DOCTYPE html>", "map.json")
    assert "raw file" in room.error(f'{HEAD}conda-pypi-map = {{ robo = "map.json" }}\n', "pixi.toml").fix


@pytest.mark.parametrize(
    ("value", "code", "fix"),
    [
        ("{ robbo = false }", "IL124", "'robo'"),
        ('{ robo = "http://example.com/map.json" }', "IL125", "https"),
    ],
)
def test_warnings(room: Room, value: str, code: str, fix: str) -> None:
    (found,) = room.load(f"{HEAD}conda-pypi-map = {value}\n", "pixi.toml").findings
    assert (found.code, line(found)) == (code, 4)
    assert fix in found.fix


def test_channels_of_features_and_mirrors_are_used(room: Room) -> None:
    workspace = room.pixi(
        """
        conda-pypi-map = { nvidia = false, conda-forge = false, own = false }
        [feature.gpu]
        channels = ["nvidia", "https://mirror.example/own"]
        [environments]
        gpu = ["gpu"]
        """
    )
    assert workspace.findings == ()


def test_what_a_file_says_is_part_of_the_digest(room: Room) -> None:
    digests = set()
    for text in ('{"a": "b"}', '{"a": "c"}', '{"a": "b"}'):
        room.write(text, "map.json")
        digests.add(request_digest(ask(room, 'conda-pypi-map = { robo = "map.json" }')))
    for value in ("false", "{ robo = false }", '{ robo = { mapping-mode = "replace" } }'):
        digests.add(request_digest(ask(room, f"conda-pypi-map = {value}")))
    assert len(digests) == 5


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_any_value_is_names_or_malformed(value: object) -> None:
    found = pypi_names(value)
    assert found is None or all(name == name.lower() and name for name in found)
