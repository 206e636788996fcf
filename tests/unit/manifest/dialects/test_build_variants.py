from __future__ import annotations

import pytest

from interlock_hooks.types.environment import RecipeVariants
from manifest.conftest import Room

WORKSPACE = '[workspace]\nchannels = []\nplatforms = ["linux-64", "osx-arm64"]\npreview = ["pixi-build"]\n'
VARIANTS = """build-variants-files = ["pins/conda_build_config.yaml", "more.yaml"]
build-variants = { cuda = ["12.4", "12.8"], tool = ["1"] }
[workspace.target.unix]
build-variants = { tool = ["2"] }
[workspace.target.osx-arm64]
build-variants = { tool = ["3"], cuda = ["13"] }
"""
FILES = (("conda_build_config.yaml", "a: [1]\n"), ("more.yaml", "b: [2]\n"))


@pytest.fixture
def recipe(room: Room) -> str:
    """The line for a package with a recipe, in a workspace that has the files of the variants."""
    room.write("package: {name: pkg}\n", "pkg/recipe.yaml")
    for place, (_, text) in zip(("pins/conda_build_config.yaml", "more.yaml"), FILES, strict=True):
        room.write(text, place)
    return '[dependencies]\npkg = { path = "pkg" }\n'


def test_variants_of_a_platform(room: Room, recipe: str) -> None:
    workspace = room.load(WORKSPACE + VARIANTS + recipe, "pixi.toml")
    linux, mac = (workspace.request("default", each).recipe_variants for each in ("linux-64", "osx-arm64"))
    assert linux == RecipeVariants(values=(("cuda", ("12.4", "12.8")), ("tool", ("2",))), files=FILES)
    assert mac == RecipeVariants(values=(("cuda", ("13",)), ("tool", ("3",))), files=FILES)
    assert {room.root / "pins/conda_build_config.yaml", room.root / "more.yaml"} <= set(workspace.files)


def test_without_a_recipe_there_is_nothing_to_vary(room: Room, recipe: str) -> None:
    assert recipe
    assert not room.load(WORKSPACE + VARIANTS, "pixi.toml").request("default", "linux-64").recipe_variants


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('build-variants-files = ["gone.yaml"]', "IL120"),
        ('build-variants-files = "more.yaml"', "IL104"),
        ('build-variants = { cuda = "12" }', "IL104"),
        ("target = { unix = { build-variants = 1 } }", "IL104"),
    ],
)
def test_variants_that_cannot_be_read(room: Room, line: str, code: str) -> None:
    assert [each.code for each in room.errors(f"{WORKSPACE}{line}\n", "pixi.toml")] == [code]
