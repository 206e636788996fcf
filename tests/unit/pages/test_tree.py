from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

from interlock.graph.model import Graph
from interlock.pages.tree import tree_page


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
