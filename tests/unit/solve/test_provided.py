from __future__ import annotations

import pytest

from interlock.solve.provided import (
    chosen_distributions,
    files_may_tell,
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


def test_what_depends_on_python_by_another_package_may_hold_distributions() -> None:
    records = [
        record("python"),
        record("runtime", depends=("python 3.12.*",)),
        record("build", depends=("middle >=1",)),
        record("middle", depends=("runtime", "libc")),
        record("libc"),
    ]
    none = [mapped(rule="none") for _ in records]
    assert [each.name for each in files_may_tell(records, none)] == ["runtime", "build", "middle"]
    assert files_may_tell(records, [mapped() for _ in records]) == []
    (found,) = supplied(records[2], none[2], {"torch": "2.6"})
    assert (found.name, found.version, found.rule) == ("torch", "2.6", "files")
    assert supplied(records[2], none[2], None) == ()
