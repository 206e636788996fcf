"""How it looks whose code ran."""

from __future__ import annotations

from dataclasses import replace

from interlock.cli.whose_code import render_ran
from interlock_hooks.types import CodeStarted

ASKED = CodeStarted(
    kind="backend", name="axolotl", version="0.9", step="metadata", entry="setuptools.build_meta", why="nothing says it"
)
RAN = [
    replace(ASKED, step="requirements"),
    ASKED,
    ASKED,
    replace(ASKED, step="wheel", why=""),
    CodeStarted(kind="activation", name="cuda-nvcc", version="12.4", entry="etc/conda/activate.d/nvcc.sh"),
    CodeStarted(kind="recipe", name="tool", entry="recipe.yaml"),
    CodeStarted(kind="plugin", name="rules"),
]


def test_each_package_is_named_once_with_what_of_it_ran() -> None:
    assert render_ran(RAN).plain == (
        "ran code of axolotl 0.9 (build requirements, metadata, build), cuda-nvcc 12.4 (activation script), "
        "tool (recipe), rules (plugin)"
    )


def test_the_verbose_also_see_what_was_called_and_why() -> None:
    assert render_ran(RAN, verbose=True).plain.splitlines() == [
        "ran code of",
        "  axolotl 0.9: build requirements by setuptools.build_meta, since nothing says it",
        "  axolotl 0.9: metadata by setuptools.build_meta, since nothing says it",
        "  axolotl 0.9: build by setuptools.build_meta",
        "  cuda-nvcc 12.4: activation script etc/conda/activate.d/nvcc.sh",
        "  tool: recipe recipe.yaml",
        "  rules: plugin",
    ]
