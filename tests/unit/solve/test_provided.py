from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.solve.provided import (
    chosen_distributions,
    distributions_in_files,
    files_tell_versions,
    only_files_tell,
    supplied,
)
from interlock_hooks.types import MappedNames, NameOrigin, NameRule, ProvidedDistribution
from solve.conftest import record


def mapped(*names: str, rule: NameRule = "published") -> MappedNames:
    return MappedNames(names=names, origin=NameOrigin(rule=rule))


def versions(*found: ProvidedDistribution) -> dict[str, str]:
    return {entry.name: entry.version for entry in found}


def test_versions_of_supplied_distributions() -> None:
    renamed = record("renamed", "7", purls=("pkg:pypi/first@1.5", "pkg:pypi/second"))
    assert versions(*supplied(renamed, mapped("first", "second"), None)) == {"first": "1.5", "second": "7"}
    assert versions(*supplied(record("candidate", "1.0_rc1"), mapped("c"), None)) == {"c": "1.0rc1"}
    assert supplied(record("odd", "2024+gHASH.x!"), mapped("odd"), None) == ()


def test_files_tell_the_versions_of_several_distributions_apart() -> None:
    tools = record("ambertools", "23.6", depends=("python",))
    names = mapped("parmed", "pytraj", "of-another-build")
    assert files_tell_versions(tools, names)
    assert not files_tell_versions(tools, mapped("parmed"))
    assert not files_tell_versions(record("c-library"), names)
    held = {"parmed": "4.1", "pytraj": "2.0"}
    assert versions(*supplied(tools, names, held)) == held
    said = mapped("parmed", "other", rule="inline")
    assert versions(*supplied(tools, said, held)) == {"parmed": "4.1", "other": "23.6"}


@pytest.mark.parametrize("names", [None, mapped(rule="off")])
def test_files_say_what_nothing_else_does(names: MappedNames | None) -> None:
    split = record("foo-base", depends=("python_abi 3.12",))
    assert only_files_tell(split, names)
    (found,) = supplied(split, names, {"foo": "1.5"})
    assert found == ProvidedDistribution(name="foo", version="1.5", record="foo-base", rule="files")
    assert supplied(split, names, {}) == () == supplied(split, names, None)


def test_what_the_manifest_says_of_a_package_is_not_checked() -> None:
    entry = record("numpy", depends=("python",))
    assert not only_files_tell(entry, mapped(rule="inline"))
    assert supplied(entry, mapped(rule="inline"), None) == ()


def test_one_distribution_from_two_records() -> None:
    def entry(name: str, version: str, rule: NameRule = "published") -> ProvidedDistribution:
        return ProvidedDistribution(name="torch", version=version, record=name, rule=rule)

    torch, cpu, alike = entry("pytorch", "2.6"), entry("pytorch-cpu", "2.7"), entry("torch", "2.8")
    assert chosen_distributions([torch, cpu]) == (torch,)
    assert chosen_distributions([torch, alike]) == chosen_distributions([alike, torch]) == (alike,)
    held = entry("torch-base", "2.9", "files")
    assert chosen_distributions([alike, held]) == (held,)


def test_metadata_among_files() -> None:
    paths = [
        "lib/python3.12/site-packages/Foo_Bar-1.2.dist-info/METADATA",
        "lib/python3.12/site-packages/Foo_Bar-1.2.dist-info/RECORD",
        "site-packages/pure-2.0.dist-info/METADATA",
        "Lib\\site-packages\\windows-3.0.dist-info\\METADATA",
        "lib/python3.9/site-packages/old-0.1-py3.9.egg-info/PKG-INFO",
        "lib/python3.9/site-packages/older_one-0.2-py3.9.egg-info",
        "lib/python3.12/site-packages/setuptools/_vendor/packaging-24.2.dist-info/METADATA",
        "lib/python3.12/site-packages/nameless.dist-info/METADATA",
        "share/doc/x-1.0.dist-info/METADATA",
    ]
    expected = {"foo-bar": "1.2", "old": "0.1", "older-one": "0.2", "pure": "2.0", "windows": "3.0"}
    assert distributions_in_files(paths) == expected


@given(st.lists(st.text("ab1.-_!+/", max_size=30).map("site-packages/{}.dist-info/METADATA".format)))
def test_any_file_name(paths: list[str]) -> None:
    assert all(name and version for name, version in distributions_in_files(paths).items())
