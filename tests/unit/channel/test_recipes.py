from __future__ import annotations

from pathlib import Path

import pytest

from interlock.channel import recipes


@pytest.mark.parametrize(("name", "file"), [("python", "recipe.yaml"), ("cuda", "packages.toml")])
def test_recipes_are_found(name: str, file: str) -> None:
    assert (recipes.recipe_directory(name) / file).is_file()


def test_the_digest_changes_with_files_and_facts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipes, "recipe_directory", lambda name: tmp_path)
    (tmp_path / "recipe.yaml").write_text("one")
    first = recipes.digest("x", "a", "b")
    assert first == recipes.digest("x", "a", "b")
    assert len({first, recipes.digest("x", "ab"), recipes.digest("x", "a"), recipes.digest("x", "b", "a")}) == 4
    (tmp_path / "recipe.yaml").write_text("two")
    assert recipes.digest("x", "a", "b") != first


def test_byte_code_beside_a_recipe_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipes, "recipe_directory", lambda name: tmp_path)
    before = recipes.digest("x")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__/relocate.pyc").touch()
    assert recipes.digest("x") == before
