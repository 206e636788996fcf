from __future__ import annotations

from pathlib import Path

import pytest

from interlock.manifest import find_manifest
from interlock.manifest.discovery import check_kind
from interlock_hooks.types import Finding, InterlockError
from manifest.conftest import Room


def failure(start: Path) -> Finding:
    with pytest.raises(InterlockError) as caught:
        find_manifest(start)
    (found,) = caught.value.findings
    return found


def test_upwards_and_pixi_first(room: Room) -> None:
    deep = room.root / "a" / "b"
    deep.mkdir(parents=True)
    pyproject = room.write("[project]\nname = 'x'\n")
    assert find_manifest(deep) == pyproject
    pixi = room.write("", "pixi.toml")
    assert find_manifest(deep) == pixi
    nearer = room.write("[tool.pixi]\n", "a/pyproject.toml")
    assert find_manifest(deep) == nearer
    assert find_manifest(pixi) == pixi


@pytest.mark.parametrize("table", ["tool.pixi", "tool.uv", "tool.interlock", "project", "dependency-groups"])
def test_tables_that_make_a_manifest(room: Room, table: str) -> None:
    path = room.write(f"[{table}]\n")
    assert find_manifest(room.root) == path


@pytest.mark.parametrize("name", ["pixi.toml", "pyproject.toml"])
def test_a_package_leads_to_the_workspace_above(room: Room, name: str) -> None:
    table = "package" if name == "pixi.toml" else "tool.pixi.package"
    package = room.write(f"[{table}.build]\n[{table}]\n", f"a/b/{name}")
    between = room.write("[project]\nname = 'x'\n", "a/pyproject.toml")
    assert find_manifest(package.parent) == package  # what lies above is no workspace of pixi's
    workspace = room.write("[workspace]\n[package]\n", "pixi.toml")
    assert find_manifest(package.parent) == workspace
    assert find_manifest(between.parent) == between
    assert find_manifest(package) == package
    package.write_text(f"[{table}]\n[{table.replace('package', 'workspace')}]\n")
    assert find_manifest(package.parent) == package


def test_others_are_passed_over_and_named(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.write("[tool.ruff]\n", "a/pyproject.toml")
    outer = room.write("[tool.uv]\n")
    assert find_manifest(room.root / "a") == outer
    outer.unlink()
    found = failure(room.root / "a")
    assert found.code == "IL101"
    assert "pyproject.toml" in found.why
    assert found.fix


def test_a_malformed_pyproject_is_not_passed_over(room: Room) -> None:
    room.write("[tool.pixi\n")
    assert failure(room.root).code == "IL103"


def test_a_missing_start(room: Room) -> None:
    assert failure(room.root / "nowhere").code == "IL101"
    assert failure(room.root / ("x" * 300)).code == "IL101"


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("requirements.txt", "interlock init"),
        ("setup.py", "[tool.pixi.workspace]"),
    ],
)
def test_files_of_other_tools_are_named_with_what_to_do(room: Room, name: str, remedy: str) -> None:
    room.write("", name)
    found = failure(room.root)
    assert name in found.why
    assert name in found.fix
    assert remedy in found.fix


@pytest.mark.parametrize("name", ["environment.yml", "environment.yaml"])
def test_an_environment_yml_comes_after_manifests(room: Room, name: str) -> None:
    conda = room.write("dependencies: []\n", name)
    assert find_manifest(room.root) == conda
    pyproject = room.write("[tool.ruff]\n")
    assert find_manifest(room.root) == conda
    pyproject.write_text("[tool.interlock]\n")
    assert find_manifest(room.root) == conda
    pyproject.write_text("[tool.interlock]\n[project]\n")
    assert find_manifest(room.root) == pyproject
    assert find_manifest(conda) == conda


def test_a_requirements_file_is_not_one_of_condas(room: Room) -> None:
    path = room.write("numpy==2\n", "requirements.txt")
    with pytest.raises(InterlockError) as caught:
        check_kind(path)
    assert caught.value.findings[0].code == "IL102"
    assert "interlock init" in caught.value.findings[0].fix
    check_kind(room.write("@EXPLICIT\n", "requirements.txt"))
    check_kind(room.write("numpy\n", "linux.txt"))
