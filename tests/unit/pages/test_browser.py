"""All pages in a browser, which is started once: starting takes most of the time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from interlock.graph.model import Graph
from interlock.pages.info import info_page
from interlock.pages.tree import tree_page
from interlock.project.overview import Overview, Part
from interlock_hooks.types import Finding, InfoSection, KnownVersion
from kit.browser import look


def _with_long_names(found: Overview) -> Overview:
    """The overview with words that fit into no window."""
    long = "x" * 300
    version = KnownVersion(who=long, version=long, evidence=long)
    said = Finding(code="IL890", what=long, why=long, fix=f"`{long}`")
    section = InfoSection(name=long, data={}, rows=((long, long),), versions=(version, version), findings=(said,))
    info = found.info._replace(name=long, manifest=f"/{long}", sections=(section,), cache=long)
    build = replace(found.builds[0], name=long, against=((long, "pypi"),), tools=(long,), compilers=((long, long),))
    here = replace(found.locked[0], environment=long, parts=(Part(long, long, "pypi", long, 9),))
    return replace(found, environment=long, info=info, locked=(here,), chosen=here, builds=(build,), findings=(said,))


def test_pages_in_a_browser(mixed: Graph, found: Overview, tmp_path: Path) -> None:
    (key,) = (key for key, node in mixed.nodes.items() if node.name == "ext")
    pages = {"tree": tree_page(mixed), "info": info_page(found), "long": info_page(_with_long_names(found))}
    looks = look(tmp_path, pages, f"#{key}")
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
