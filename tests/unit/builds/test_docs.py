"""The manifests in the page about builds load without a warning."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from interlock.manifest import load

PAGE = (Path(__file__).parents[3] / "docs" / "building.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```toml.*?\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
BASE = """
[project]
name = "demo"
version = "1"
[tool.pixi.workspace]
channels = ["conda-forge"]
platforms = ["linux-64"]
[tool.pixi.dependencies]
python = "*"
"""


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) >= 4


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_loads(text: str, tmp_path: Path) -> None:
    manifest = tmp_path / "pyproject.toml"
    manifest.write_text(text if "[project]" in text else BASE + text)
    workspace = load(manifest)
    assert workspace.findings == ()
    assert workspace.request("default", "linux-64").build is not None
