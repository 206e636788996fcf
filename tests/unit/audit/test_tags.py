from __future__ import annotations

from pathlib import Path

import pytest

from interlock.audit.elf import ElfFile, Reference, VersionNeed
from interlock.audit.tags import (
    is_for_every_platform,
    needed_glibc,
    parse_tags,
    promised_glibc,
    unstable_symbols,
)
from interlock.audit.versions import Release, family_of, newest, release_of
from interlock.audit.world import Module


def module(name: str, *symbols: str, needs: tuple[str, ...] = ()) -> Module:
    elf = ElfFile(
        Path(name),
        "X86_64-64",
        undefined=tuple(map(Reference, symbols)),
        version_needs=tuple(VersionNeed("libc.so.6", need) for need in needs),
    )
    return Module(Path(name), elf)


@pytest.mark.parametrize(
    ("version", "family", "expected"),
    [
        ("GLIBC_2.34", "GLIBC", (2, 34)),
        ("GLIBC_2.2.5", "GLIBC", (2, 2, 5)),
        ("GLIBC_ABI_DT_RELR", "GLIBC", (2, 36)),
        ("GLIBC_PRIVATE", "GLIBC", None),
        ("GLIBCXX_3.4.32", "GLIBC", None),
        ("CXXABI_1.3.15", "CXXABI", (1, 3, 15)),
        ("CXXABI_TM_1", "CXXABI", None),
    ],
)
def test_releases_of_symbol_versions(version: str, family: str, expected: Release | None) -> None:
    assert release_of(version, family) == expected


def test_the_newest_is_the_newest_by_number() -> None:
    assert newest(["GLIBC_2.9", "GLIBC_2.34", "GLIBC_2.4", "OTHER_9"], "GLIBC") == (2, 34)
    assert newest([], "GLIBC") is None
    assert family_of("GLIBCXX_3.4.32") == "GLIBCXX"


@pytest.mark.parametrize(
    ("text", "promised"),
    [
        ("cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.manylinux_2_28_x86_64", (2, 17)),
        ("cp311-cp311-manylinux_2_28_x86_64", (2, 28)),
        ("cp311-cp311-manylinux1_x86_64", (2, 5)),
        ("cp311-cp311-linux_x86_64", None),
        ("cp311-cp311-musllinux_1_2_x86_64", None),
        ("py3-none-any", None),
    ],
)
def test_what_platform_tags_promise(text: str, promised: Release | None) -> None:
    assert promised_glibc(parse_tags([text])) == promised


def test_the_module_that_needs_most_is_named() -> None:
    old, new = module("a.so", needs=("GLIBC_2.9",)), module("b.so", needs=("GLIBC_2.4", "GLIBC_2.32"))
    assert needed_glibc([old, new, module("c.so")]) == ((2, 32), new)
    assert needed_glibc([module("c.so")]) is None


def test_wheels_for_every_platform() -> None:
    assert is_for_every_platform(parse_tags(["py2.py3-none-any"]))
    assert not is_for_every_platform(parse_tags(["py3-none-linux_x86_64"]))
    assert not is_for_every_platform([])


ABI3 = parse_tags(["cp38-abi3-manylinux_2_17_x86_64"])


@pytest.mark.parametrize(
    ("name", "symbols", "tags", "beyond"),
    [
        ("_x.abi3.so", ("PyLong_FromLong", "PyObject_Call", "malloc"), ABI3, ()),
        ("_x.abi3.so", ("PyUnicode_AsUTF8AndSize",), ABI3, ("PyUnicode_AsUTF8AndSize",)),  # stable since 3.10
        ("_x.abi3.so", ("PyUnicode_AsUTF8AndSize",), frozenset(), ()),
        ("_x.abi3.so", ("_PyLong_AsByteArray",), frozenset(), ("_PyLong_AsByteArray",)),
        ("_x.so", ("_PyLong_AsByteArray",), ABI3, ("_PyLong_AsByteArray",)),
        ("_x.cpython-311-x86_64-linux-gnu.so", ("_PyLong_AsByteArray",), ABI3, ()),
        ("_x.so", ("_PyLong_AsByteArray",), frozenset(), ()),
        ("_x.abi3.so", ("PySideSignal_New",), ABI3, ()),
    ],
)
def test_claims_to_the_stable_abi(
    name: str, symbols: tuple[str, ...], tags: frozenset, beyond: tuple[str, ...]
) -> None:
    found = unstable_symbols(module(name, *symbols), tags, 11, lambda name: not name.startswith("PySide"))
    assert (found.symbols if found else ()) == beyond


def test_what_is_no_tag_is_passed_over() -> None:
    assert {str(tag) for tag in parse_tags(["py2.py3-none-any", "py3", "", "cp312-cp312"])} == {
        "py2-none-any",
        "py3-none-any",
    }
