from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from interlock.builds.store.named_prefix import names_prefix
from kit.compiled import compile_library


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    return tmp_path / "envs" / "default"


def wheel(folder: Path, **members: str | bytes) -> Path:
    path = folder / "pkg-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("pkg/__init__.py", "")
        for name, content in members.items():
            archive.writestr(f"pkg/{name}", content)
    return path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dir = {prefix}", True),
        ("#!{prefix}/bin/python\n", True),
        ('include_dirs = ["{prefix}/include"]', True),
        ("flags = -L{prefix}/lib:/usr/lib", True),
        ("x" * 10_000 + "{prefix}/share", True),
        ("dir = {prefix}-2", False),
        ("dir = {prefix}2/share", False),
        ("made of {prefix}/include/numpy/arrayobject.h and {prefix}/include/c++/13/vector", False),
        ('"{prefix}/lib/python3.11/site-packages/numpy/__init__.pxd":12', False),
        ("nothing", False),
    ],
)
def test_text_that_names_the_prefix(tmp_path: Path, prefix: Path, text: str, expected: bool) -> None:
    assert names_prefix(wheel(tmp_path, **{"settings.cfg": text.format(prefix=prefix)}), prefix) is expected


def test_the_prefix_by_another_name(tmp_path: Path, prefix: Path) -> None:
    prefix.mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to(prefix)
    assert names_prefix(wheel(tmp_path, **{"settings.cfg": f"{prefix}/share"}), link)


def test_sources_and_what_is_no_text_do_not_count(tmp_path: Path, prefix: Path) -> None:
    named = f'DATA = "{prefix}/share"'
    made = wheel(tmp_path, **{"_core.pyx": named, "_core.c": named, "m.pyc": b"\0" + named.encode()})
    assert not names_prefix(made, prefix)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (('-DNAMED="{prefix}/share/pkg"',), True),
        (('-DNAMED="{prefix}/bin/nvcc"',), True),
        (("-Wl,-rpath,{prefix}/lib",), True),
        # What `__FILE__` says in a header of the environment, and debug information of where it is.
        (('-DNAMED="{prefix}/include/x.hpp"',), False),
        (("-g", "-I{prefix}/include", "-DHEADER"), False),
    ],
)
def test_libraries_that_name_the_prefix(tmp_path: Path, prefix: Path, options: tuple[str, ...], expected: bool) -> None:
    header = prefix / "include" / "ours.h"
    header.parent.mkdir(parents=True)
    header.write_text("inline const char *ours() { return __FILE__; }\n")
    source = """
        #ifdef HEADER
        #include <ours.h>
        extern "C" const char *answer() { return ours(); }
        #elif defined NAMED
        extern "C" const char *answer() { return NAMED; }
        #endif
    """
    library = compile_library(tmp_path / "x.so", source, *(each.format(prefix=prefix) for each in options))
    # Only of a library can be told which part of it is loaded.
    assert str(prefix).encode() in library.read_bytes()
    assert names_prefix(wheel(tmp_path, **{"x.so": library.read_bytes()}), prefix) is expected


def test_damaged_files(tmp_path: Path, prefix: Path) -> None:
    (tmp_path / "x.whl").write_bytes(b"no archive")
    assert not names_prefix(tmp_path / "x.whl", prefix)
    assert names_prefix(wheel(tmp_path, **{"x.so": f"no library {prefix}/lib"}), prefix)
