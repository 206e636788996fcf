"""Whether paths and names of others stay where they are to stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock.core.inside import Inside, is_file_name, leads_out


@pytest.mark.parametrize("path", ["a", "a/b", "./a", "a/.", "a/..b", "a//b", "..a", "a/b..", "a b", "\u00fc/\n"])
def test_paths_that_stay(tmp_path: Path, path: str) -> None:
    assert not leads_out(path)
    assert Inside(tmp_path).holds(path)


@pytest.mark.parametrize("path", ["", ".", "./", "/", "..", "../a", "a/..", "a/../b", "/a", "//a", "a\0b", "./.."])
def test_paths_that_lead_out(tmp_path: Path, path: str) -> None:
    assert leads_out(path)
    assert not Inside(tmp_path).holds(path)


def test_links_on_the_way(tmp_path: Path) -> None:
    folder, outside = tmp_path / "folder", tmp_path / "folder-outside"
    for each in (folder / "real", outside):
        each.mkdir(parents=True)
    (folder / "in").symlink_to("real")
    (folder / "out").symlink_to(outside)
    (folder / "real" / "up").symlink_to("../..")
    inside = Inside(folder)
    assert inside.holds("in/x")
    assert inside.holds("out")
    for path in ("out/x", "out/a/b", "out/...", "out//x/.", "in/up/x", "in/up/folder-outside/x"):
        assert not inside.holds(path), path
    assert inside.holds("in/up/folder/x")


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/", "a\\b", "a\0", "a\nb"])
def test_names_of_files(name: str) -> None:
    assert is_file_name("a b.c..d")
    assert not is_file_name(name)
