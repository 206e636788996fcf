from __future__ import annotations

from textwrap import dedent

import pytest

from interlock.manifest import codes as known
from interlock.manifest.report import nearest
from manifest.conftest import Room


def test_codes_are_different_and_are_those_of_manifests() -> None:
    codes = [value for name, value in vars(known).items() if name.isupper()]
    assert len(set(codes)) == len(codes)
    assert all(code.startswith("IL1") for code in codes)


def test_the_nearest_word_ignores_case_and_underscores() -> None:
    assert nearest("No_Build_Isolation", ["no-build", "no-build-isolation"]) == "no-build-isolation"
    assert nearest("zzz", ["a"]) is None


def test_findings_are_json_ready(room: Room) -> None:
    found = room.pixi_error("[dependencies]\na = 1\n").as_dict()
    assert found["where"] == {"file": str(room.root / "pixi.toml"), "line": 5, "key": "dependencies.a"}
    assert found["severity"] == "error"


PROJECT = """
    [project]
    name = "p"
    dependencies = ["lib", "torch"]

    [project.optional-dependencies]
    gpu = ["cu"]

    [tool.uv.sources]
    torch = { index = "cu" }
    lib = { path = "lib" }

    [[tool.uv.index]]
    name = "cu"
    url = "https://cu.example/simple"
    explicit = true

    [tool.pixi.workspace]
    channels = []
    platforms = ["linux-64"]

    [[tool.pixi.pypi-options.find-links]]
    path = "wheels"

    [tool.pixi.feature.cuda.dependencies]
    tool = "*"

    [tool.pixi.environments]
    gpu = ["gpu", "cuda"]
    """


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("platforms = ", "platfroms = ", "unknown key 'platfroms'"),
        ("feature.cuda", "featrue.cuda", "unknown key 'featrue'"),
        ("optional-dependencies", "optional-dependncies", "unknown key 'optional-dependncies'"),
        ('["lib", "torch"]', '["lib ==", "torch"]', "'lib ==' is not a valid requirement (PEP 508)"),
        ('["lib", "torch"]', "3", "'dependencies' must be an array of strings, found an integer"),
        ("tool.uv.index", "tool.uv.indxe", "unknown key 'indxe'"),
        ('name = "cu"', 'namme = "cu"', "unknown key 'namme'"),
        ('name = "cu"\n', "", "an explicit index needs a name"),
        ("url = ", "urll = ", "unknown key 'urll'"),
        ('url = "https://cu.example/simple"\n', "", "[tool.uv.index.0] lacks the required key 'url'"),
        ('index = "cu"', 'indxe = "cu"', "unknown key 'indxe'"),
        ('path = "wheels"', 'pathh = "wheels"', "unknown key 'pathh'"),
    ],
)
def test_what_follows_from_an_error_is_not_told(room: Room, old: str, new: str, what: str) -> None:
    (room.root / "lib").mkdir()
    text = dedent(PROJECT)
    assert old in text
    assert [finding.what for finding in room.errors(text.replace(old, new))] == [what]


def test_errors_that_do_not_follow_from_another_are_told(room: Room) -> None:
    (room.root / "lib").mkdir()
    text = dedent(PROJECT).replace('tool = "*"', "tool = 3").replace('["gpu", "cuda"]', '["gpu", "cudda"]')
    text = text.replace('index = "cu"', 'index = "cpu"')
    assert sorted(finding.code for finding in room.errors(text)) == ["IL104", "IL105", "IL113"]
