"""Every recipe is read without a finding, explains itself, and is in the index: a new one is tested by being there."""

from __future__ import annotations

import re
import runpy
import shutil
from pathlib import Path

import pytest

from interlock.manifest import load
from interlock_hooks.types import Severity
from kit.recipes import RECIPES, manifest_of, recipes

INDEX = (RECIPES / "README.md").read_text(encoding="utf-8")
SECTIONS = ["What it shows", "What to change", "What to expect", "What goes wrong otherwise"]


@pytest.mark.parametrize("name", recipes())
def test_it_asks_for_something_without_a_finding(tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(RECIPES / name, tmp_path / name)
    if name == "demo":
        runpy.run_path(str(folder / "run_demo.py"))["make_sdist"](folder / "vector-add", folder / "sdist")
    workspace = load(manifest_of(folder))
    assert [found for found in workspace.findings if found.severity is not Severity.NOTE] == []
    for environment in workspace.environments:
        request = workspace.request(environment, "linux-64")
        assert request.channels
        assert request.requirements


@pytest.mark.parametrize("name", recipes())
def test_it_explains_itself(name: str) -> None:
    text = (RECIPES / name / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == SECTIONS
    manifest = manifest_of(RECIPES / name).read_text(encoding="utf-8")
    assert manifest.startswith("# "), "the first line says what the manifest is"


def test_the_index_has_all_of_them() -> None:
    assert sorted(re.findall(r"^\| \[`([\w-]+)`\]\(\1/README\.md\) \|", INDEX, flags=re.MULTILINE)) == recipes()
