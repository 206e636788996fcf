from __future__ import annotations

import platform
import sys

import pytest
from packaging import tags

from interlock.resolve.uv.targets import marker_environment, supported_tags, uv_platform, uv_variables
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


def test_linux_tags() -> None:
    found = [str(tag) for tag in supported_tags(target("linux-64", glibc="2.17"))]
    assert found[0] == "cp312-cp312-manylinux_2_17_x86_64"
    assert found[1] == "cp312-cp312-manylinux2014_x86_64"
    assert "cp312-cp312-manylinux1_x86_64" in found
    assert "cp312-cp312-linux_x86_64" in found
    assert "cp32-abi3-manylinux_2_5_x86_64" in found
    assert found[-1] == "py30-none-any"
    assert not any("2_18" in tag or "musl" in tag for tag in found)
    assert found.index("cp312-cp312-linux_x86_64") < found.index("cp312-abi3-manylinux_2_17_x86_64")


def test_aarch64_starts_at_glibc_2_17() -> None:
    found = [str(tag) for tag in supported_tags(target("linux-aarch64"))]
    assert "cp312-cp312-manylinux_2_17_aarch64" in found
    assert not any("manylinux_2_16" in tag or "manylinux1_" in tag for tag in found)


def test_tags_do_not_depend_on_the_running_interpreter() -> None:
    assert {tag.interpreter for tag in supported_tags(target("win-64")) if tag.abi == "cp312"} == {"cp312"}


@pytest.mark.skipif(sys.platform != "linux", reason="compares with the tags of a Linux machine")
def test_tags_agree_with_packaging_for_the_running_interpreter() -> None:
    mine = [tag for tag in tags.sys_tags() if "linux" in tag.platform or tag.platform == "any"]
    version = ".".join(map(str, sys.version_info[:3]))
    newest = max(int(tag.platform.split("_")[2]) for tag in mine if tag.platform.startswith("manylinux_"))
    machine = {"x86_64": "linux-64", "aarch64": "linux-aarch64"}[platform.machine()]
    described = PythonTarget(version=version, platform=machine, glibc=f"2.{newest}")
    assert set(mine) <= set(supported_tags(described))


def test_markers() -> None:
    windows = marker_environment(target("win-64"))
    assert (windows["sys_platform"], windows["os_name"], windows["platform_machine"]) == ("win32", "nt", "AMD64")
    mac = marker_environment(target("osx-arm64"))
    assert (mac["platform_system"], mac["python_version"], mac["python_full_version"]) == ("Darwin", "3.12", "3.12.7")
