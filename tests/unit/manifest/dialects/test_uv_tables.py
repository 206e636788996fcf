"""``uv.toml`` beside the manifest, and members of workspaces."""

from __future__ import annotations

import pytest

from interlock.manifest import load
from interlock.manifest.dialects.uv_workspace import possible_roots
from interlock_hooks.types import Index, InterlockError
from manifest.conftest import Room, line

PROJECT = '[project]\nname = "demo"\ndependencies = ["torch"]\n[dependency-groups]\ndev = ["pytest"]\n'


def test_settings_are_those_of_uv_toml(room: Room) -> None:
    room.write(
        'index-url = "https://example.com/a"\nfind-links = ["./wheels"]\n[extra-build-dependencies]\nlib = ["ninja"]\n',
        "uv.toml",
    )
    workspace = room.load(PROJECT)
    found = workspace.request()
    assert workspace.findings == ()
    assert workspace.files[:2] == (room.root / "pyproject.toml", room.root / "uv.toml")
    assert [index.url for index in found.pypi.indexes] == ["https://example.com/a"]
    assert found.pypi.find_links == (str(room.root / "wheels"),)
    assert [each.name for each in found.build.packages] == ["lib"]
    assert [each.text for each in found.requirements] == ["pytest", "torch"]


def test_a_missing_uv_toml_counts_once_it_is_there(room: Room) -> None:
    assert room.root / "uv.toml" in room.load(PROJECT).files


def test_uv_toml_takes_the_place_of_settings_and_of_nothing_else(room: Room) -> None:
    room.write('prerelease = "allow"\nconstraint-dependencies = ["a<1"]\n', "uv.toml")
    workspace = room.load(
        PROJECT
        + """
[tool.uv]
prerelease = "disallow"
constraint-dependencies = ["b<1"]
default-groups = []
[tool.uv.sources]
torch = { index = "own" }
[[tool.uv.index]]
name = "own"
url = "https://example.com/own"
default = true
"""
    )
    found = workspace.request()
    assert found.pypi.prerelease == "allow"
    assert found.constraints == ("b<1",)
    assert [(each.text, each.index) for each in found.requirements] == [("torch", "own")]
    assert found.pypi.indexes == (Index(url="https://example.com/own", name="own", explicit=True),)
    told = {(each.code, each.where.file, each.where.key) for each in workspace.findings if each.where}
    assert {(code, file.rpartition("/")[2], key) for code, file, key in told} == {
        ("IL107", "pyproject.toml", "tool.uv.prerelease"),
        ("IL107", "uv.toml", "constraint-dependencies"),
    }


@pytest.mark.parametrize("key", ["sources = {}", "default-groups = []", "environments = []", "workspace = {}"])
def test_what_belongs_to_the_project_cannot_be_in_uv_toml(room: Room, key: str) -> None:
    room.write(f"{key}\n", "uv.toml")
    found = room.error(PROJECT)
    assert found.where is not None
    assert (found.code, found.where.file.rpartition("/")[2], line(found)) == ("IL107", "uv.toml", 1)


def test_mistakes_in_uv_toml_are_told_there(room: Room) -> None:
    room.write('index-strateg = "first-index"\n', "uv.toml")
    found = room.error(PROJECT)
    assert (found.code, found.fix) == ("IL106", "did you mean 'index-strategy'?")
    room.write("index-url = \n", "uv.toml")
    with pytest.raises(InterlockError) as caught:
        room.load(PROJECT)
    assert caught.value.findings[0].code == "IL103"


ROOT = """\
[tool.uv]
prerelease = "allow"
constraint-dependencies = ["a<1"]
unknown-to-us = 1
[tool.uv.workspace]
members = ["packages/*"]
[tool.uv.sources]
torch = { index = "own" }
numpy = { path = "numpy" }
[[tool.uv.index]]
name = "own"
url = "https://example.com/own"
explicit = true
"""


def test_a_member_of_a_workspace_has_the_settings_and_sources_of_its_root(room: Room) -> None:
    room.write(ROOT)
    (room.root / "numpy").mkdir()
    (room.root / "packages" / "demo" / "near").mkdir(parents=True)
    sources = '[tool.uv]\nprerelease = "disallow"\nconstraint-dependencies = ["b<1"]\n'
    sources += '[tool.uv.sources]\npytest = { path = "near" }\n'
    text = PROJECT.replace('"torch"', '"torch", "numpy"') + sources
    workspace = load(room.write(text, "packages/demo/pyproject.toml"))
    found = workspace.request()
    assert found.pypi.prerelease == "allow"
    assert found.constraints == ("a<1",)
    assert [(each.text, each.index) for each in found.requirements] == [
        (f"pytest @ {(room.root / 'packages/demo/near').as_uri()}", None),
        ("torch", "own"),
        (f"numpy @ {(room.root / 'numpy').as_uri()}", None),
    ]
    assert [each.where.key for each in workspace.findings if each.where] == [
        "tool.uv.prerelease",
        "tool.uv.constraint-dependencies",
    ]
    assert room.root / "pyproject.toml" in workspace.files


def test_a_project_below_a_workspace_that_does_not_list_it_is_on_its_own(room: Room) -> None:
    room.write(ROOT)
    found = load(room.write(PROJECT, "other/pyproject.toml")).request()
    assert found.pypi.prerelease is None
    assert [each.index for each in found.requirements] == [None, None]


def test_files_above_decide_whether_a_project_is_a_member(room: Room) -> None:
    deep = room.write(PROJECT, "a/b/pyproject.toml")
    assert possible_roots(deep) == tuple(folder / "pyproject.toml" for folder in (deep.parents[1:]))
    room.write(ROOT)
    assert possible_roots(deep) == (room.root / "a" / "pyproject.toml", room.root / "pyproject.toml")
    assert possible_roots(room.root / "pyproject.toml") == ()
    assert possible_roots(room.root / "a" / "pixi.toml") == ()
