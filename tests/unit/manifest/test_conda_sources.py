from __future__ import annotations

import pytest

from interlock_hooks.types import CondaSource
from manifest.conftest import Room

RECIPE = "package: {name: own, version: '1'}\n"
RATTLER = """\
[package]
name = "own"
version = "1"
[package.build]
backend = { name = "pixi-build-rattler-build", version = "*" }
"""


def backend(name: str) -> str:
    return RATTLER.replace("pixi-build-rattler-build", name)


def source_of(room: Room, value: str) -> CondaSource | None:
    (found,) = room.pixi_request(f"[dependencies]\nown = {value}\n").conda_specs
    assert found.spec.startswith("own")
    return found.built_from


@pytest.mark.parametrize(
    ("file", "path", "recipe"),
    [
        ("src/recipe.yaml", "src", "recipe.yaml"),
        ("src/recipe.yaml", "src/recipe.yaml", "recipe.yaml"),
        ("src/recipe.yml", "src/recipe.yml", "recipe.yml"),
        ("src/recipe/recipe.yaml", "./src/", "recipe/recipe.yaml"),
    ],
)
def test_a_source_with_a_recipe(room: Room, file: str, path: str, recipe: str) -> None:
    room.write(RECIPE, file)
    assert source_of(room, f'{{ path = "{path}" }}') == CondaSource(url=(room.root / "src").as_uri(), recipe=recipe)


def test_the_backend_that_reads_recipes_may_be_named(room: Room) -> None:
    room.write(RECIPE, "src/recipe.yaml")
    room.write(RATTLER, "src/pixi.toml")
    assert source_of(room, '{ path = "src" }')


def test_what_is_asked_of_the_package_beside_its_place(room: Room) -> None:
    room.write(RECIPE, "src/recipe.yaml")
    (found,) = room.pixi_request('[dependencies]\nown = { path = "src", version = ">=1", build = "x*" }\n').conda_specs
    assert (found.spec, found.built_from is not None) == ("own[version='>=1',build='x*']", True)


def test_one_spec_of_two_sources_is_two(room: Room) -> None:
    for folder in ("a", "b"):
        room.write(RECIPE, f"{folder}/recipe.yaml")
    text = """
        [dependencies]
        own = { path = "a" }
        [feature.x.dependencies]
        own = { path = "b" }
        [environments]
        x = ["x"]
        """
    found = room.pixi_request(text, "x").conda_specs
    assert [spec.built_from and spec.built_from.url[-1] for spec in found] == ["b", "a"]


@pytest.mark.parametrize(
    ("files", "value", "why", "fix"),
    [
        (
            {"src/pixi.toml": backend("pixi-build-cmake"), "src/recipe.yaml": RECIPE},
            "src",
            "pixi-build-cmake",
            "recipe.yaml",
        ),
        ({"src/pixi.toml": backend("pixi-build-python")}, "src", "pixi-build-python", "recipe.yaml"),
        ({"src/package.xml": "<package/>"}, "src/package.xml", "not from a package.xml", "recipe.yaml"),
        ({"src/package.xml": "<package/>"}, "src", "no recipe.yaml", "recipe.yaml"),
        ({"src/setup.py": ""}, "src", "no recipe.yaml", 'pypi-dependencies: own = { path = "src", editable = true }'),
        ({}, "src", "there is nothing at", "use a channel"),
    ],
)
def test_other_sources_are_refused_with_what_to_write(
    room: Room, files: dict[str, str], value: str, why: str, fix: str
) -> None:
    for name, text in files.items():
        room.write(text, name)
    found = room.pixi_error(f'[dependencies]\nown = {{ path = "{value}" }}\n')
    assert found.code == "IL114"
    assert why in found.why
    assert fix in found.fix
    assert found.where is not None
    assert found.where.key == "dependencies.own.path"


def test_a_backend_in_a_pyproject(room: Room) -> None:
    text = backend("pixi-build-python").replace("[package", "[tool.pixi.package")
    room.write(text, "src/pyproject.toml")
    found = room.pixi_error('[dependencies]\nown = { path = "src" }\n')
    assert "pixi-build-python" in found.why
    assert "editable = true" in found.fix
