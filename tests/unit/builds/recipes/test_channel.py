from __future__ import annotations

import os
from pathlib import Path

import pytest

from interlock.builds.recipes.channel import OwnChannel
from interlock_hooks.types import CondaSource

SOURCE = CondaSource(url="file:///p/demo", recipe="recipe.yaml", digest="sha256:1")


def test_a_folder_is_named_after_all_that_makes_its_packages(tmp_path: Path) -> None:
    own = OwnChannel(tmp_path / "channel", tmp_path)
    changed = CondaSource(url=SOURCE.url, recipe=SOURCE.recipe, digest="sha256:2")
    found = {own.folder(SOURCE, ["a"]), own.folder(SOURCE, ["a", "b"]), own.folder(changed, ["a"])}
    assert len(found) == 3
    assert {folder.name.partition("-")[0] for folder in found} == {"demo"}


def test_a_clone_of_the_project_has_the_same_folders(tmp_path: Path) -> None:
    names = {
        OwnChannel(root / "channel", root)
        .folder(
            CondaSource(url=(root / "demo").as_uri(), recipe="recipe.yaml", digest="sha256:1"), [f"{root.as_uri()}/c"]
        )
        .name
        for root in (tmp_path / "a", tmp_path / "b")
    }
    assert len(names) == 1


def test_a_folder_is_made_once_and_whole(tmp_path: Path) -> None:
    own = OwnChannel(tmp_path / "channel", tmp_path)
    folder = own.folder(SOURCE, [])

    def fail(target: Path) -> None:
        (target / "half").touch()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        own.provide(folder, fail)
    assert not folder.exists()
    assert own.provide(folder, lambda target: (target / "whole").touch())
    assert not own.provide(folder, fail)
    assert [path.name for path in folder.iterdir()] == ["whole"]


def test_of_one_source_the_newest_are_kept(tmp_path: Path) -> None:
    own = OwnChannel(tmp_path / "channel", tmp_path)
    others = own.root / "other-0123456789abcdef"
    others.mkdir(parents=True)
    for number in range(6):
        source = CondaSource(url=SOURCE.url, recipe=SOURCE.recipe, digest=f"sha256:{number}")
        folder = own.folder(source, [])
        own.provide(folder, lambda target: None)
        os.utime(folder, (number, number))
    assert others.is_dir()
    assert len([path for path in own.root.iterdir() if path.name.startswith("demo-")]) == 4
    assert folder.is_dir()


def test_what_one_run_builds_stays_however_much_it_is(tmp_path: Path) -> None:
    """Directories of one name, and one source for environments with several lists of channels."""
    own = OwnChannel(tmp_path / "channel", tmp_path)
    made = [
        own.folder(
            CondaSource(url=f"file:///p/{place}/recipe", recipe="recipe.yaml", digest=f"sha256:{place}"), channels
        )
        for place in "abcd"
        for channels in (["one"], ["two"])
    ]
    for folder in made:
        own.provide(folder, lambda target: None)
    assert all(folder.is_dir() for folder in made)
