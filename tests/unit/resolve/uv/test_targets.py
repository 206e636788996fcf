from __future__ import annotations

import pytest

from interlock.core.platforms import SUBDIRS
from interlock.resolve.uv.targets import uv_platform, uv_variables
from interlock_hooks.types import InterlockError, PythonTarget


def target(subdir: str, **known: str) -> PythonTarget:
    return PythonTarget(version="3.12.7", platform=subdir, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("python", "expected"),
    [
        (target("linux-64"), "x86_64-manylinux_2_28"),
        (target("linux-64", glibc="2.17"), "x86_64-manylinux_2_17"),
        (target("linux-64", glibc="2.30"), "x86_64-manylinux_2_28"),
        (target("linux-64", glibc="2.35"), "x86_64-manylinux_2_35"),
        (target("linux-64", glibc="2.99"), "x86_64-manylinux_2_40"),
        (target("linux-64", glibc="2.12"), "x86_64-manylinux_2_17"),
        (target("linux-aarch64", glibc="2.39"), "aarch64-manylinux_2_39"),
        (target("osx-arm64"), "aarch64-apple-darwin"),
        (target("win-64"), "x86_64-pc-windows-msvc"),
    ],
)
def test_platform_names_of_uv(python: PythonTarget, expected: str) -> None:
    assert uv_platform(python) == expected


def test_the_deployment_target_of_macos() -> None:
    assert uv_variables(target("osx-64", macos="11.0")) == {"MACOSX_DEPLOYMENT_TARGET": "11.0"}
    assert uv_variables(target("linux-64")) == {}


def test_an_unknown_platform() -> None:
    with pytest.raises(InterlockError, match="linux-ppc64le") as caught:
        uv_platform(target("linux-ppc64le"))
    assert caught.value.findings[0].code == "IL307"


def test_every_platform_that_uv_knows_has_wheels_and_conda_packages() -> None:
    known = [subdir for subdir in SUBDIRS.values() if subdir.uv]
    assert {"linux-riscv64", "win-32"} < {subdir.name for subdir in known}
    assert all(subdir.tag and subdir.processor for subdir in known)
