from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from interlock.pages.document import page, size_text, text


def test_only_its_own_script_and_style_may_run() -> None:
    made = page("<&>", "<p>x</p>", script="tree.js", data={"name": "</script><script>alert(1)</script><!--"})
    assert "<title>&lt;&amp;&gt;</title>" in made
    blocks = re.findall(r"<script([^>]*)>(.*?)</script>", made, flags=re.DOTALL)
    assert [attributes for attributes, _ in blocks] == [' type="application/json" id="data"', ""]
    assert "<" not in blocks[0][1]
    for content in (blocks[1][1], re.findall(r"<style>(.*?)</style>", made, flags=re.DOTALL)[0]):
        assert f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'" in made
    assert "default-src 'none'" in made
    assert "http" not in re.sub(r"http://www\.w3\.org/2000/svg|http-equiv", "", made)


def test_a_page_without_a_script_allows_none() -> None:
    made = page("x", "")
    assert "<script" not in made
    assert "script-src" not in made


@pytest.mark.parametrize(
    ("size", "written"),
    [(None, ""), (0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (999_960, "1.0 MB"), (2_500_000_000_000, "2500.0 GB")],
)
def test_sizes(size: int | None, written: str) -> None:
    assert size_text(size) == written


def test_what_utf_8_cannot_hold_is_replaced() -> None:
    assert text("a\udcffb<") == "a?b&lt;"
