from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interlock.audit.elf import Reference, VersionNeed, is_elf, read_elf
from interlock.core.elf import NotReadableError
from kit.compiled import compile_library

VERSIONS = "LIB_1 { global: old; };\nLIB_2 { global: fresh; } LIB_1;\n"
SOURCE = """
extern "C" int outside();
extern "C" int maybe() __attribute__((weak));
extern "C" int use() { return outside() + (maybe ? maybe() : 0); }
"""


@pytest.fixture(scope="module")
def versioned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("elf") / "libversioned.so.1"
    return compile_library(path, 'extern "C" { int old() { return 1; } int fresh() { return 2; } }', versions=VERSIONS)


def test_what_is_defined_and_undefined(tmp_path: Path) -> None:
    elf = read_elf(compile_library(tmp_path / "libuse.so", SOURCE, "-Wl,-rpath,$ORIGIN/../x:/y", "-nostdlib"))
    assert (elf.soname, elf.needed, elf.search) == ("libuse.so", (), ("$ORIGIN/../x", "/y"))
    assert elf.undefined == (Reference("outside"),)
    assert elf.defined["use"] == ("",)
    assert elf.versions == frozenset()
    assert elf.machine.endswith(f"-{struct.calcsize('P') * 8}")


def test_versions_are_told_with_their_library(versioned: Path, tmp_path: Path) -> None:
    elf = read_elf(versioned)
    assert (elf.defined["old"], elf.defined["fresh"]) == (("LIB_1",), ("LIB_2",))
    assert elf.versions == {"LIB_1", "LIB_2"}
    source = 'extern "C" { int fresh(); int use() { return fresh(); } }'
    user = read_elf(compile_library(tmp_path / "libuser.so", source, "-nostdlib", needs=[versioned]))
    assert user.needed == ("libversioned.so.1",)
    assert user.undefined == (Reference("fresh", "LIB_2", "libversioned.so.1"),)
    assert user.version_needs == (VersionNeed("libversioned.so.1", "LIB_2"),)


def test_inline_functions_are_weak(tmp_path: Path) -> None:
    source = "struct A { int f() { return 1; } }; int g() { return A().f(); }"
    elf = read_elf(compile_library(tmp_path / "libweak.so", source))
    assert "_ZN1A1fEv" in elf.weak
    assert "_Z1gv" not in elf.weak


def test_of_a_file_without_sections_nothing_is_said(versioned: Path, tmp_path: Path) -> None:
    data = bytearray(versioned.read_bytes())
    data[0x28:0x30], data[0x3C:0x40] = bytes(8), bytes(4)
    (tmp_path / "stripped.so").write_bytes(data)
    elf = read_elf(tmp_path / "stripped.so")
    assert elf.opaque
    assert not elf.undefined


def test_other_files_are_refused(tmp_path: Path) -> None:
    script = tmp_path / "libscript.so"
    script.write_text("INPUT(libreal.so)")
    assert not is_elf(script)
    assert not is_elf(tmp_path / "absent.so")
    with pytest.raises(NotReadableError, match=r"libscript\.so"):
        read_elf(script)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_files_are_refused_or_read(versioned: Path, tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(versioned.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged.so"
    path.write_bytes(content[: data.draw(st.integers(4, len(content)))])
    # No other exception comes out.
    with suppress(NotReadableError):
        assert read_elf(path).path == path
