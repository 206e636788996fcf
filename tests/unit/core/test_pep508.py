from __future__ import annotations

from contextlib import nullcontext

import pytest
from hypothesis import example, given
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from interlock.core.pep508 import (
    are_plain_specifiers,
    check_requirement,
    mended_requirement,
    mended_specifiers,
    parse_marker,
    parse_requirement,
    parse_specifiers,
    plain_requirement,
)
from kit.strategies import words


@given(words.requirements | words.legal_requirements)
@example("a_")
def test_what_is_plain_is_what_packaging_reads(text: str) -> None:
    plain = plain_requirement(text)
    if plain is not None:
        found = Requirement(text)
        assert (found.name, found.url, found.marker) == (plain["name"], None, None)
        assert found.specifier == SpecifierSet(plain["specifiers"] or "")
    try:
        # packaging takes an underscore at the end of a name, but not of its normal form.
        is_valid = not Requirement(text).name.endswith("_")
    except InvalidRequirement:
        is_valid = False
    with nullcontext() if is_valid else pytest.raises(ValueError):
        check_requirement(text)


@given(words.specifiers | words.legal_specifiers)
@example("==1..0")
@example("==1.")
@example("===1")
def test_specifiers_that_are_plain_are_valid(text: str) -> None:
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        assert not are_plain_specifiers(text)


@pytest.mark.parametrize(
    "text", ["a==" + "1" * 5000, "a>=1!" + "1" * 5000, "a ; python_version > '" + "1" * 5000 + "'"]
)
def test_numbers_that_cannot_be_compared(text: str) -> None:
    assert plain_requirement(text) is None
    with pytest.raises(ValueError, match="too long"):
        parse_requirement(text)


def test_parentheses_without_an_end() -> None:
    marker = "(" * 5000 + "os_name == 'x'" + ")" * 5000
    for parse, text in ((parse_marker, marker), (parse_requirement, f"a ; {marker}")):
        with pytest.raises(ValueError, match="nested too deeply"):
            parse(text)


def test_a_reason_is_one_line() -> None:
    for parse, text in ((parse_marker, "x"), (parse_requirement, "=>1"), (parse_specifiers, "=>1")):
        with pytest.raises(ValueError) as error:
            parse(text)
        assert len(str(error.value).splitlines()) == 1


def test_a_long_text_is_read_once() -> None:
    """A search that began anew at each digit took minutes for this."""
    text = "a==" + ".".join(["1"] * 500_000)
    assert plain_requirement(text) is not None
    assert plain_requirement(text + "!") is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a>=1.0", "a>=1.0"),
        ("a (>=1.0.*)", "a (>=1.0)"),
        ("a>=1.0.*,!=1.5.*,<=2.*; os_name == 'x'", "a>=1.0,!=1.5.*,<=2; os_name == 'x'"),
        ("=>1", "=>1"),
    ],
)
def test_requirements_of_old_metadata(text: str, meant: str) -> None:
    assert mended_requirement(text) == meant


def test_specifiers_of_old_metadata() -> None:
    assert mended_specifiers(">=2.7, !=3.0.*, >=3.6.*") == ">=2.7, !=3.0.*, >=3.6"
    assert mended_specifiers(">=3.8,") == ">=3.8"
    assert mended_specifiers("") == ""
    assert mended_specifiers("garbage") is None


@pytest.mark.parametrize("text", ["a\r", "a\n", "\x0ba", "a [x\x0c]", "a\u00a0>=1"])
def test_only_blanks_and_tabs_are_blanks(text: str) -> None:
    """packaging refuses the others: who parses such a text later fails."""
    assert plain_requirement(text) is None
    with pytest.raises(ValueError, match="a"):
        parse_requirement(text)
