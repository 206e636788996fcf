from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from interlock.resolve.uv.ranges import canonical, specifiers


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("*", ""),
        ("", ""),
        ("==1.5+local", "==1.5+local"),
        (">=1.5, <1.5+", "==1.5"),
        (">=1.dev0, <2.dev0", "==1.*"),
        (">=1!1.2.dev0, <1!1.3.dev0", "==1!1.2.*"),
        (">=1.4, <2.dev0", ">=1.4,<2"),
        ("<=2.0+", "<=2.0"),
        (">=2.0+", ">2.0"),
        ("<1.5 | >=1.5+", "!=1.5"),
        ("<1.5.dev0 | >=1.6.dev0", "!=1.5.*"),
        (">=1, <1.3 | >=1.3+, <1.5 | >=1.5+, <2", ">=1,<2,!=1.3,!=1.5"),
        ("<1 | >=3", ""),
        ("==1 | ==2", ""),
    ],
)
def test_ranges_become_specifiers(printed: str, expected: str) -> None:
    assert specifiers(printed) == expected


@pytest.mark.parametrize("text", ["1.5", ">=1 <2", "whatever", "~=1.4"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="range"):
        specifiers(text)


RELEASES = st.lists(st.integers(0, 9), min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))


@given(low=RELEASES, holes=st.lists(RELEASES, max_size=3), probes=st.lists(RELEASES, min_size=1))
def test_holes_exclude_exactly_themselves(low: str, holes: list[str], probes: list[str]) -> None:
    inside = sorted({Version(hole) for hole in holes if Version(hole) > Version(low)})
    bounds = [f">={low}", *(f"<{hole} | >={hole}+" for hole in inside)]
    read = SpecifierSet(specifiers(", ".join(bounds)))
    for probe in map(Version, probes):
        assert (probe in read) == (probe >= Version(low) and probe not in inside)


def test_compatible_releases_have_two_bounds() -> None:
    assert canonical(SpecifierSet("~=1.4.2,!=1.4.5")) == {">=1.4.2", "<1.5", "!=1.4.5"}
