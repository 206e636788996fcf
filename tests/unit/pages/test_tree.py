from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from interlock.graph.model import Graph
from interlock.pages.tree import tree_page
from interlock_hooks.types import BuildMode
from kit.locked import graph, lines, locked, plan, record, sdist, wheel

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def mixed() -> Graph:
    """Conda supplies numpy, torch is a wheel, and ext is built against it."""
    ext = sdist("ext 1.0", "torch>=2")
    environment = locked(
        record("python 3.12.7"),
        record("numpy 2.1", "python"),
        pypi=(ext, wheel("torch 2.6", "numpy>=1")),
        provides={"numpy 2.1": "numpy"},
        plans=[plan(ext, BuildMode.MATCHED, matched=["torch"], overlay=[wheel("torch 2.6"), wheel("setuptools 80")])],
        machine={"__cuda": EVIL},
    )
    return graph(environment, lines(conda=["python", "numpy"], pypi=["ext", EVIL.replace(" ", "")]))


def embedded(made: str) -> dict[str, Any]:
    """The data that the script of a page reads."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', made, flags=re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_it_says_what_was_built_against_what(mixed: Graph) -> None:
    made = tree_page(mixed)
    assert made == tree_page(mixed)
    data = embedded(made)
    (ext,) = (node for node in data["nodes"] if node["name"] == "ext")
    assert (ext["build"]["mode"], ext["build"]["matched"]) == ("matched", ["torch"])
    assert "setuptools 80" in ext["build"]["overlay"]
    assert len(data["nodes"]) == made.count("<tr data-key=")
    assert "2 conda and 2 PyPI packages, 1 built from source" in made


def test_names_of_third_parties_are_never_markup(mixed: Graph) -> None:
    found = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append(tag)
            assert not [name for name, _ in attrs if name.startswith("on")]

    reader = Tags()
    reader.feed(tree_page(mixed))
    assert "img" not in found
    assert found.count("script") == 2


def in_browser(made: str, folder: Path, address: str = "") -> str:
    """The document of a page in a browser after its script has run."""
    if CHROMIUM is None:
        pytest.skip("there is no chromium")
    path = folder / "page.html"
    path.write_text(made, encoding="utf-8")
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr")
    profile = f"--user-data-dir={folder / 'profile'}"
    command = [CHROMIUM, *options, profile, "--dump-dom", f"{path.as_uri()}{address}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "CONSOLE" not in done.stderr
    return done.stdout


def test_a_browser_runs_it(mixed: Graph, tmp_path: Path) -> None:
    (key,) = (key for key, node in mixed.nodes.items() if node.name == "ext")
    shown = in_browser(tree_page(mixed), tmp_path, f"#{key}")
    assert 'data-ready="yes"' in shown
    assert f"{len(mixed.nodes)} of {len(mixed.nodes)} packages" in shown
    detail = shown[shown.index('id="detail"') :]
    assert "<h2>ext 1.0</h2>" in detail
    assert "<dt>built against</dt><dd>torch</dd>" in detail
    assert "<img" not in shown
