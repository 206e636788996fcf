from __future__ import annotations

from interlock.pages.tables import table, told
from interlock_hooks.types import Finding, Location, Severity


def test_numbers_are_set_apart() -> None:
    made = table(("Name", "#Size"), [("a&amp;b", "1")])
    assert '<th scope="col">Name</th><th scope="col" class="number">Size</th>' in made
    assert '<tr><th scope="row">a&amp;b</th><td class="number">1</td></tr>' in made


def test_a_finding_is_told_in_full_and_its_words_are_no_markup() -> None:
    where = Location(file="pixi.toml", line=3, key="<key>")
    said = Finding(
        code="IL510", severity=Severity.WARNING, what="<b>", why="`a < b`", where=where, fix="write `x = 1` there"
    )
    made = told(said)
    assert 'class="finding warning"' in made
    assert "<b>" not in made
    assert "<code>a &lt; b</code>" in made
    assert "pixi.toml:3 (&lt;key&gt;)" in made
    assert "write <code>x = 1</code> there" in made
