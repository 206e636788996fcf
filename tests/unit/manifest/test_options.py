from __future__ import annotations

from interlock.manifest.options import first_of_each, merged, merged_packages, union
from interlock_hooks.types import BuildMode, BuildRequirement, Index, NameSelection, PackageBuildOptions, PyPIOptions


def test_lists_are_joined_and_single_values_come_from_the_first() -> None:
    first = PyPIOptions(indexes=(Index(url="a"),), find_links=("x", "y"), prerelease="allow")
    second = PyPIOptions(indexes=(Index(url="a"), Index(url="b")), find_links=("y", "z"), index_strategy="first-index")
    found = merged(first, second)
    assert [index.url for index in found.indexes] == ["a", "b"]
    assert found.find_links == ("x", "y", "z")
    assert (found.prerelease, found.index_strategy) == ("allow", "first-index")


def test_only_one_index_is_the_default() -> None:
    first = PyPIOptions(indexes=(Index(url="a", default=True),))
    second = PyPIOptions(indexes=(Index(url="b"), Index(url="c", default=True)))
    assert [index.url for index in merged(first, second).indexes] == ["a", "b"]


def test_selections() -> None:
    first, second = NameSelection(names=frozenset("a")), NameSelection(names=frozenset("b"))  # type: ignore[arg-type]
    assert union(first, second).names == {"a", "b"}
    assert union(first, NameSelection(everything=True)).everything


def test_package_options_keep_the_facts_of_both() -> None:
    torch, ninja = BuildRequirement(requirement="torch"), BuildRequirement(requirement="ninja")
    first = PackageBuildOptions(name="a", mode=BuildMode.MATCHED, requirements=(torch,))  # type: ignore[arg-type]
    second = PackageBuildOptions(name="a", requirements=(torch, ninja), variables=(("X", "1"),))  # type: ignore[arg-type]
    other = PackageBuildOptions(name="b")  # type: ignore[arg-type]
    found = merged_packages([first], [second, other])
    assert [options.name for options in found] == ["a", "b"]
    assert found[0].mode is BuildMode.MATCHED
    assert found[0].requirements == (torch, ninja)
    assert found[0].variables == (("X", "1"),)


def test_of_items_with_one_key_the_first_counts() -> None:
    assert first_of_each(["bb", "a", "cc", "d", "eee"], len) == ("bb", "a", "eee")
