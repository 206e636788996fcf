from __future__ import annotations

import pytest

from interlock.audit.names import (
    LibraryName,
    is_for_other_python,
    is_library,
    is_of_the_machine,
    library_name,
)


@pytest.mark.parametrize(
    ("file_name", "expected"),
    [
        ("libgomp.so.1.0.0", LibraryName("libgomp", "1.0.0")),
        ("libgomp-24e2ab19.so.1.0.0", LibraryName("libgomp", "1.0.0", bundled=True)),
        ("libopenblas64_p-r0-0cf96a72.3.23.dev.so", LibraryName("libopenblas64_p-r0-0cf96a72.3.23.dev", "")),
        ("libc10.so", LibraryName("libc10", "")),
        ("_ext.cpython-312-x86_64-linux-gnu.so", LibraryName("_ext.cpython-312-x86_64-linux-gnu", "")),
        ("libfoo.so.conf", None),
        ("libfoo.a", None),
    ],
)
def test_the_parts_of_a_name(file_name: str, expected: LibraryName | None) -> None:
    assert library_name(file_name) == expected
    assert is_library(file_name) is (expected is not None)


@pytest.mark.parametrize(
    ("file_name", "other"),
    [
        ("_ext.cpython-312-x86_64-linux-gnu.so", False),
        ("_ext.cpython-310-x86_64-linux-gnu.so", True),
        ("_ext.pypy39-pp73-x86_64-linux-gnu.so", True),
        ("_ext.abi3.so", False),
        ("_ext.so", False),
        ("libc10.so", False),
    ],
)
def test_tags_of_extension_modules(file_name: str, other: bool) -> None:
    suffixes = (".cpython-312-x86_64-linux-gnu.so", ".abi3.so", ".so")
    assert is_for_other_python(file_name, suffixes) is other


@pytest.mark.parametrize("file_name", ["_ext.abi3.so", "_ext.cpython-313-x86_64-linux-gnu.so"])
def test_modules_that_need_the_global_lock(file_name: str) -> None:
    assert is_for_other_python(file_name, (".cpython-313t-x86_64-linux-gnu.so", ".so"))


@pytest.mark.parametrize("name", ["libcuda.so.1", "libnvidia-ml.so.1", "libGL.so.1", "libX11.so.6", "libxcb-shm.so.0"])
def test_drivers_and_desktops_belong_to_the_machine(name: str) -> None:
    assert is_of_the_machine(name)


@pytest.mark.parametrize(
    "name", ["libcudart.so.12", "libnvrtc.so.12", "libnvJitLink.so.13", "libtbb.so.12", "libc10.so"]
)
def test_other_libraries_belong_to_packages(name: str) -> None:
    assert not is_of_the_machine(name)
