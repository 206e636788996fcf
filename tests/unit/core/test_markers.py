from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from interlock.core.markers import applies, marker_environment
from interlock_hooks.types import InterlockError, PythonTarget

VARIABLES = (
    *("os_name", "sys_platform", "platform_machine", "platform_python_implementation", "platform_release"),
    *("platform_system", "platform_version", "python_version", "python_full_version", "implementation_name"),
    *("implementation_version", "extra"),
)
VALUES = ("linux", "x86_64", "3.10", "3.*", "foo bar", "", "#1 SMP", "cpython")


def target(subdir: str, version: str = "3.12.7") -> PythonTarget:
    return PythonTarget(version=version, platform=subdir)


def holds(marker: str, subdir: str = "linux-64", **options: str) -> bool:
    return applies(Requirement(f"x ; {marker}"), target(subdir), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("subdir", "sys_platform", "platform_system", "os_name", "machine"),
    [
        ("linux-64", "linux", "Linux", "posix", "x86_64"),
        ("linux-aarch64", "linux", "Linux", "posix", "aarch64"),
        ("linux-riscv64", "linux", "Linux", "posix", "riscv64"),
        ("linux-ppc64le", "linux", "Linux", "posix", "ppc64le"),
        ("linux-32", "linux", "Linux", "posix", "i686"),
        ("osx-64", "darwin", "Darwin", "posix", "x86_64"),
        ("osx-arm64", "darwin", "Darwin", "posix", "arm64"),
        ("win-64", "win32", "Windows", "nt", "AMD64"),
        ("win-32", "win32", "Windows", "nt", "x86"),
        ("win-arm64", "win32", "Windows", "nt", "ARM64"),
    ],
)
def test_each_platform_as_python_calls_it(
    subdir: str, sys_platform: str, platform_system: str, os_name: str, machine: str
) -> None:
    found = marker_environment(target(subdir))
    assert found["sys_platform"] == sys_platform
    assert found["platform_system"] == platform_system
    assert found["os_name"] == os_name
    assert found["platform_machine"] == machine


def test_markers() -> None:
    windows = marker_environment(target("win-64"))
    assert (windows["sys_platform"], windows["os_name"], windows["platform_machine"]) == ("win32", "nt", "AMD64")
    mac = marker_environment(target("osx-arm64"))
    assert (mac["platform_system"], mac["python_version"], mac["python_full_version"]) == ("Darwin", "3.12", "3.12.7")


def test_the_interpreter() -> None:
    assert holds("python_version >= '3.12' and implementation_name == 'cpython'")
    assert not holds("platform_python_implementation == 'PyPy'")
    pypy = PythonTarget(version="3.10.14", platform="linux-64", implementation="pypy")
    assert applies(Requirement("x ; platform_python_implementation == 'PyPy'"), pypy)


def test_extras() -> None:
    assert not holds("extra == 'all'")
    assert holds("extra == 'all'", extra="all")
    assert holds("sys_platform == 'linux' and extra == 'a-b'", extra="A_b")


def test_variables_of_lock_files_select_nothing() -> None:
    assert not holds("'x' in extras")
    assert holds("'x' not in dependency_groups")
    assert not holds("'x' in dependency_groups or sys_platform == 'win32'")


def test_an_unknown_platform() -> None:
    with pytest.raises(InterlockError) as caught:
        marker_environment(target("amiga-68k"))
    assert caught.value.findings[0].code == "IL213"


comparisons = st.one_of(
    st.builds(
        "{} {} '{}'".format,
        st.sampled_from(VARIABLES),
        st.sampled_from(("==", "!=", "<", ">", "<=", ">=", "~=", "===", "in", "not in")),
        st.sampled_from(VALUES),
    ),
    st.builds(
        "'{}' {} {}".format,
        st.sampled_from(VALUES),
        st.sampled_from(("==", "~=", ">", "in", "not in")),
        st.sampled_from((*VARIABLES, "extras", "dependency_groups")),
    ),
)


@given(st.lists(comparisons, min_size=1, max_size=3), st.sampled_from(("and", "or")))
def test_every_legal_marker_has_an_answer(parts: list[str], operator: str) -> None:
    assert holds(f" {operator} ".join(parts)) in (True, False)
