from __future__ import annotations

import re

import pytest

from interlock.pages.agreement import agreed, chart, comparable, verdict
from interlock_hooks.types import Finding, InfoSection, KnownVersion, Severity

WARNING = Finding(code="IL510", severity=Severity.WARNING, what="they differ")
NOTE = Finding(code="IL513", severity=Severity.NOTE, what="it runs with limits")


def known(*texts: str) -> tuple[KnownVersion, ...]:
    """Versions; ``<=12.6`` is the newest of those that work."""
    return tuple(KnownVersion(who=text, version=text.removeprefix("<="), up_to=text.startswith("<=")) for text in texts)


def section(*texts: str, findings: tuple[Finding, ...] | None = ()) -> InfoSection:
    return InfoSection(name="cuda", data={}, versions=known(*texts), findings=findings)


@pytest.mark.parametrize(
    ("texts", "versions"),
    [
        (["12.4", "12.4"], ("12.4",)),
        (["<=12.6", "12.4", "12"], ("12.4",)),
        (["<=12.2", "12.4"], ()),
        (["<=12", "12.4"], ("12.4",)),
        (["<=13.0", "12"], ("12",)),
        (["<=13.0", "12", "13"], ()),
        (["<=12.10", "12.9"], ("12.9",)),
        (["12.4", "13.0"], ()),
        # Whatever is no number is only equal to itself.
        (["oct", "oct"], ("oct",)),
        (["oct", "12.4"], ()),
        (["<=12.4", "oct"], ()),
        ([], ()),
    ],
)
def test_which_versions_everyone_works_with(texts: list[str], versions: tuple[str, ...]) -> None:
    assert agreed(known(*texts)) == versions


@pytest.mark.parametrize(
    ("given", "value", "kind", "sentence"),
    [
        (section("12.4", "12.4"), "12.4", "good", "No contradiction in the lock. 12.4 suits all of them."),
        (section("<=12.2", "12.4", findings=(NOTE,)), "12.2 to 12.4", "open", "No version suits all of them."),
        (section("12.4", "13.0", findings=(WARNING, NOTE)), "1 contradiction", "bad", "1 contradiction found."),
        (section("12.4", "13.0", findings=None), "12.4 to 13.0", "open", "Whether they fit was not checked."),
    ],
)
def test_the_verdict_is_that_of_the_plugin(given: InfoSection, value: str, kind: str, sentence: str) -> None:
    found = verdict(given)
    assert (found.value, found.kind) == (value, kind)
    assert sentence in found.sentence


def test_a_single_version_is_not_compared() -> None:
    assert not comparable(section("<=12.6"))
    assert comparable(section("<=12.6", findings=(WARNING,)))
    assert comparable(section("<=12.6", "12.4"))


def test_the_chart_shows_who_works_with_which() -> None:
    made = chart(section("<=12.6", "12.4", "12", findings=(NOTE,)))
    assert re.findall(r'<th scope="col" class="([^"]*)">([^<]*)<', made) == [("v agreed", "12.4"), ("v", "12.6")]
    rows = re.findall(r'<tr><th scope="row">([^<]*)</th>(.*?)</tr>', made)
    assert [(who, re.findall(r'aria-label="([^"]*)"', cells)) for who, cells in rows] == [
        ("&lt;=12.6", ["works with 12.4", "12.6"]),
        ("12.4", ["12.4"]),
        ("12", ["works with 12.4", "works with 12.6"]),
    ]
    assert "IL513" in made
    assert "Sources of packages were not fetched" in made
