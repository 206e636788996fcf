"""All pages in a browser, which is started once: starting takes most of the time."""

from __future__ import annotations

from pathlib import Path

from interlock.graph.model import Graph
from interlock.pages.info import info_page
from interlock.pages.tree import tree_page
from interlock.project.overview import Overview
from kit.browser import look


def test_pages_in_a_browser(mixed: Graph, found: Overview, tmp_path: Path) -> None:
    (key,) = (key for key, node in mixed.nodes.items() if node.name == "ext")
    looks = look(tmp_path, {"tree": tree_page(mixed), "info": info_page(found)}, f"#{key}")
    for page in looks.values():
        for seen in (page.wide, page.narrow):
            assert "<img" not in seen.document
            assert seen.loaded == []
            assert seen.overflow == 0
        # Light on a desk, dark at night.
        assert page.wide.background != page.narrow.background

    tree = looks["tree"].wide.document
    assert 'data-ready="yes"' in tree
    assert f"{len(mixed.nodes)} of {len(mixed.nodes)} packages" in tree
    detail = tree[tree.index('id="detail"') :]
    assert "<h2>ext 1.0</h2>" in detail
    assert "<dt>built against</dt><dd>torch</dd>" in detail
    assert "No contradiction in the lock" in looks["info"].wide.document
