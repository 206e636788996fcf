"""Ranges that were solved, and where a manifest does not get what was added."""

from __future__ import annotations

from pathlib import Path

from interlock.lock.model import Lock
from interlock.manifest.editing.dependency import Place, read_spec
from interlock.project.opening import open_project
from interlock.project.solved_bounds import environments_of, misses, versions_of, with_bound
from kit.locked import locked, record, wheel

MANIFEST = """
[workspace]
channels = ["x"]
platforms = ["linux-64"]
[feature.new.dependencies]
[environments]
one = ["new"]
"""


def test_a_range_admits_what_is_locked_wherever_its_place_counts_and_misses_are_told(tmp_path: Path) -> None:
    (tmp_path / "pixi.toml").write_text(MANIFEST)
    workspace = open_project(str(tmp_path / "pixi.toml")).workspace
    lock = Lock().with_environment(
        locked(record("tool 1.5"), provides={"torch 2.6.0+cu124": "pytorch", "odd 9e": "odd"}), digest="a"
    )
    lock = lock.with_environment(locked(record("tool 2.0"), pypi=[wheel("torch 2.7")], name="one"), digest="b")

    def missed(text: str, place: Place, *, pypi: bool = False) -> list[tuple[str, str | None]]:
        spec = read_spec(text)
        dependency = spec.pypi if pypi else spec.conda
        assert dependency is not None
        return [(each.name, version) for each, version in misses(dependency, place, lock, workspace)]

    everywhere, new = Place(), Place(feature="new")
    tool = read_spec("tool").conda
    assert tool is not None
    assert with_bound(tool, everywhere, lock, workspace).version == ">=1.5,<3"
    assert versions_of("pypi", "torch", everywhere, lock, workspace) == ["2.6.0+cu124", "2.7"]
    assert versions_of("pypi", "odd", everywhere, lock, workspace) == ["9e"]
    assert missed("tool", everywhere) == []
    assert missed("tool>=2", everywhere) == [("default", "1.5")]
    assert missed("tool>=2", new) == []
    assert missed("gone", new) == [("one", None)]
    assert missed("torch==2.6.0", everywhere, pypi=True) == [("one", "2.7")]
    assert missed("torch>=3 ; sys_platform == 'win32'", everywhere, pypi=True) == []
    assert missed("odd>=1", everywhere, pypi=True) == [("one", None)]
    assert missed("tool>=3", Place(platform="win")) == []


def test_an_environment_contains_what_its_groups_and_extras_include(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        """
[project]
name = "demo"
version = "1"
optional-dependencies = { deep = ["b"], all = ["demo[deep]"] }
[dependency-groups]
base = ["c"]
test = [{ include-group = "base" }]
[tool.pixi.workspace]
channels = ["x"]
platforms = ["linux-64"]
[tool.pixi.environments]
one = ["test"]
two = ["all"]
"""
    )
    workspace = open_project(str(tmp_path / "pyproject.toml")).workspace
    found = {name: environments_of(Place(feature=name), workspace) for name in ("base", "test", "deep", "all", "bas")}
    assert found == {"base": ["one"], "test": ["one"], "deep": ["two"], "all": ["two"], "bas": []}
