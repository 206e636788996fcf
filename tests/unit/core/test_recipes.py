from __future__ import annotations

from pathlib import Path

import pytest

from interlock.core.recipes import files_of, find_recipe, may_be_noarch, source_trees, sources_of, with_digest
from interlock_hooks.types import CondaSource, CondaSpec

PLAIN = "package: {name: demo, version: '1'}\n"


def make(folder: Path, recipe: str = PLAIN, *, place: str = "recipe.yaml") -> CondaSource:
    (folder / place).parent.mkdir(parents=True, exist_ok=True)
    (folder / place).write_text(recipe)
    (folder / "run.sh").write_text("echo 1\n")
    return CondaSource(url=folder.as_uri(), recipe=place)


@pytest.mark.parametrize("place", ["recipe.yaml", "recipe.yml", "recipe/recipe.yaml", "recipe/recipe.yml"])
def test_a_recipe_is_found_where_pixi_looks_for_it(tmp_path: Path, place: str) -> None:
    assert find_recipe(tmp_path) is None
    make(tmp_path, place=place)
    assert find_recipe(tmp_path) == place


def test_a_change_of_any_file_changes_the_digest_and_a_change_of_place_does_not(tmp_path: Path) -> None:
    first = with_digest(make(tmp_path / "a" / "pkg")).digest
    assert with_digest(make(tmp_path / "b" / "pkg")).digest == first
    (tmp_path / "b" / "pkg" / "run.sh").write_text("echo 2\n")
    edited = with_digest(CondaSource(url=(tmp_path / "b" / "pkg").as_uri(), recipe="recipe.yaml")).digest
    recipe = with_digest(make(tmp_path / "a" / "pkg", PLAIN + "build: {number: 1}\n")).digest
    assert len({first, edited, recipe}) == 3


@pytest.mark.parametrize(
    "source",
    [
        "source: {path: ../src}",
        "source: [{url: 'https://x.example/a.tar.gz'}, {path: ../src}]",
        "source: [{if: linux, then: {path: ../src}}]",
        "source: [{if: linux, then: [{path: ../src}], else: {git: 'https://x.example'}}]",
        "outputs: [{package: {name: demo}, source: {path: ../src}}]",
        "cache: {source: {path: ../src}}",
    ],
)
def test_what_a_recipe_takes_from_beside_its_directory_is_part_of_the_source(tmp_path: Path, source: str) -> None:
    found = make(tmp_path / "pkg", f"{PLAIN}{source}\n")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.c").write_text("1")
    before = with_digest(found).digest
    assert tmp_path / "src" / "a.c" in {path for path, _ in files_of(found)}
    (tmp_path / "src" / "a.c").write_text("2")
    assert with_digest(found).digest != before


def test_a_file_beside_the_directory_and_one_that_is_not_there_count_as_well(tmp_path: Path) -> None:
    found = make(tmp_path / "pkg", f"{PLAIN}source: {{path: ../one.c}}\n")
    missing = with_digest(found).digest
    (tmp_path / "one.c").write_text("1")
    assert with_digest(found).digest != missing
    assert source_trees(found) == (tmp_path / "pkg", tmp_path / "one.c")


def test_paths_are_relative_to_the_recipe(tmp_path: Path) -> None:
    found = make(tmp_path / "pkg", f"{PLAIN}source: {{path: ..}}\n", place="recipe/recipe.yaml")
    assert source_trees(found) == (tmp_path / "pkg",)


@pytest.mark.parametrize(
    "text",
    [
        *("", "[", "a: &a [*a]", "a: &a {source: *a}", "source: {path: 1}", "- " * 3000, "\0"),
        *("source: {path: '${{ x }}'}", "source: {path: /src}"),
    ],
)
def test_a_recipe_that_is_not_one_is_its_directory_and_left_to_the_build(tmp_path: Path, text: str) -> None:
    found = make(tmp_path / "pkg", text)
    assert source_trees(found) == (tmp_path / "pkg",)
    assert with_digest(found).digest


@pytest.mark.parametrize(
    ("text", "portable"),
    [
        ("build: {noarch: python}", True),
        ("outputs: [{build: {noarch: generic}}]", True),
        ("build: [{if: linux, then: {noarch: generic}}]", True),
        ("build: {number: 1}", False),
        ("", False),
    ],
)
def test_whether_a_recipe_can_serve_other_platforms_shows_in_its_text(
    tmp_path: Path, text: str, portable: bool
) -> None:
    assert may_be_noarch(make(tmp_path / "pkg", text)) is portable


def test_the_sources_among_specs(tmp_path: Path) -> None:
    source = make(tmp_path / "pkg")
    specs = [
        CondaSpec(spec="python"),
        CondaSpec(spec="demo", built_from=source),
        CondaSpec(spec="lib", built_from=source),
    ]
    assert sources_of(specs) == {source: specs[1]}
