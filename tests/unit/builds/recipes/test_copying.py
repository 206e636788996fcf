from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from interlock.builds.recipes.copying import copy_source, top_of
from interlock.core.recipes import with_digest
from interlock_hooks.types import CondaSource

RECIPE = "package: {name: demo, version: '1'}\nsource: [{path: ../src}, {path: ../../one.c}]\n"


def make(root: Path) -> CondaSource:
    for name in ("a/pkg/recipe.yaml", "a/pkg/tool.sh", "a/pkg/.interlock/x", "a/src/b.c", "one.c", "secret"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    (root / "a/pkg/recipe.yaml").write_text(RECIPE)
    (root / "a/pkg/tool.sh").chmod(0o755)
    (root / "a/pkg/link").symlink_to("tool.sh")
    return CondaSource(url=(root / "a/pkg").as_uri(), recipe="recipe.yaml")


def test_exactly_the_files_that_count_keep_their_places(tmp_path: Path) -> None:
    source = make(tmp_path / "project")
    recipe = copy_source(source, tmp_path / "copy")
    assert recipe == tmp_path / "copy" / "a" / "pkg" / "recipe.yaml"
    files = {
        str(Path(folder, name).relative_to(tmp_path / "copy"))
        for folder, _, names in os.walk(tmp_path / "copy")
        for name in names
    }
    assert files == {"a/pkg/recipe.yaml", "a/pkg/tool.sh", "a/pkg/link", "a/src/b.c", "one.c"}
    assert os.access(tmp_path / "copy/a/pkg/tool.sh", os.X_OK)
    assert top_of(source) == tmp_path / "project"


def test_the_copy_has_the_digest_of_the_source(tmp_path: Path) -> None:
    source = make(tmp_path / "project")
    recipe = copy_source(source, tmp_path / "copy")
    assert with_digest(replace(source, url=recipe.parent.as_uri())).digest == with_digest(source).digest


def test_a_recipe_that_takes_the_directory_above_it(tmp_path: Path) -> None:
    source = make(tmp_path / "project")
    (tmp_path / "project/a/pkg/recipe.yaml").write_text("source: {path: ..}\n")
    assert top_of(source) == tmp_path / "project" / "a"
    assert copy_source(source, tmp_path / "copy") == tmp_path / "copy" / "pkg" / "recipe.yaml"
    assert (tmp_path / "copy" / "src" / "b.c").is_file()
