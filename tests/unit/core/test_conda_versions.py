from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from rattler.version import Version, VersionSpec

from interlock.core.conda_versions import conda_version_spec


@pytest.mark.parametrize(
    ("specifiers", "expected"),
    [
        ("", "*"),
        (">=3.11,<3.13", "<3.13.0a0,>=3.11"),
        ("~=3.11", ">=3.11,3.*"),
        ("~=3.11.2", ">=3.11.2,3.11.*"),
        ("!=3.11.*", "!=3.11.*"),
        ("==3.12.*", "3.12.*"),
        ("===3.12.1", "==3.12.1"),
        ("<4", "<4.0.0a0"),
        ("<3.13.0rc1", "<3.13.0rc1"),
        (">3.10", ">3.10"),
        ("<1!2", "<1!2.0.0a0"),
        ("~=1!2.3", ">=1!2.3,1!2.*"),
    ],
)
def test_translation(specifiers: str, expected: str) -> None:
    assert conda_version_spec(SpecifierSet(specifiers)) == expected


releases = st.builds("3.{}.{}".format, st.integers(9, 14), st.integers(0, 3))
bounds = st.one_of(releases, st.builds("3.{}".format, st.integers(9, 14)), st.just("4"), st.just("3"))
ordered = st.builds("{}{}".format, st.sampled_from([">=", "<=", "<", ">", "==", "!="]), bounds)
series = st.builds("{}3.{}.*".format, st.sampled_from(["==", "!="]), st.integers(9, 14))
compatible = st.builds("~=3.{}".format, st.one_of(st.integers(9, 14), st.builds("{}.1".format, st.integers(9, 14))))
sets = st.lists(st.one_of(ordered, series, compatible), max_size=4).map(",".join)
pythons = st.one_of(releases, st.builds("{}rc1".format, releases))


@given(sets, pythons)
def test_both_ecosystems_agree(text: str, python: str) -> None:
    specifiers = SpecifierSet(text)
    expected = specifiers.contains(python, prereleases=True)
    assert VersionSpec(conda_version_spec(specifiers)).matches(Version(python)) == expected
