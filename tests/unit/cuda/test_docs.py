"""The page about CUDA: its manifests can be read, and it names every finding of the plugin."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from interlock.manifest import load

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "cuda.md").read_text(encoding="utf-8")
WORKSPACE = '[workspace]\nchannels = ["conda-forge"]\nplatforms = ["linux-64"]\n'


@pytest.mark.parametrize("text", re.findall(r"^```toml.*?\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL))
def test_manifests_of_the_page(text: str, tmp_path: Path) -> None:
    whole = text if "[workspace]" in text else WORKSPACE + text.replace("[tool.pixi.", "[")
    (tmp_path / "pixi.toml").write_text(whole, encoding="utf-8")
    workspace = load(tmp_path / "pixi.toml")
    assert workspace.findings == ()
    assert workspace.request("default", "linux-64").channels == ("conda-forge",)


def test_the_page_names_every_finding() -> None:
    sources = [*(ROOT / "plugin/interlock/cuda").glob("*.py"), ROOT / "plugin/interlock/pipeline/pypi_request.py"]
    used = {code for path in sources for code in re.findall(r'"(IL5\d\d)"', path.read_text(encoding="utf-8"))}
    assert len(used) > 10
    assert used - set(re.findall(r"IL\d{3}", PAGE)) == set()
