from __future__ import annotations

import platform
import sys

import pytest
from packaging import tags

from interlock.core.platforms import SUBDIRS
from interlock.core.tags import supported_tags
from interlock_hooks.types import PythonTarget


def target(subdir: str, **known: str) -> PythonTarget:
    return PythonTarget(version="3.12.7", platform=subdir, **known)  # type: ignore[arg-type]


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


def test_tags_without_the_global_lock() -> None:
    python = PythonTarget(version="3.13.1", platform="linux-64", free_threaded=True)
    found = {str(tag) for tag in supported_tags(python)}
    assert {"cp313-cp313t-manylinux_2_28_x86_64", "cp313-none-any", "py3-none-any"} < found
    assert not {tag for tag in found if tag.partition("-")[2].startswith(("cp313-", "abi3-"))}


@pytest.mark.skipif(sys.platform != "linux", reason="compares with the tags of a Linux machine")
def test_tags_agree_with_packaging_for_the_running_interpreter() -> None:
    mine = [tag for tag in tags.sys_tags() if "linux" in tag.platform or tag.platform == "any"]
    version = ".".join(map(str, sys.version_info[:3]))
    newest = max(int(tag.platform.split("_")[2]) for tag in mine if tag.platform.startswith("manylinux_"))
    machine = {"x86_64": "linux-64", "aarch64": "linux-aarch64"}[platform.machine()]
    described = PythonTarget(version=version, platform=machine, glibc=f"2.{newest}")
    assert set(mine) <= set(supported_tags(described))


@pytest.mark.parametrize("subdir", SUBDIRS)
def test_every_platform_supports_pure_wheels_and_its_own(subdir: str) -> None:
    found = {str(tag) for tag in supported_tags(target(subdir))}
    assert "py3-none-any" in found
    ends = {tag.rpartition("-")[2] for tag in found}
    assert any(end.endswith(SUBDIRS[subdir].tag or "any") for end in ends)


def test_windows_and_macos_tags() -> None:
    assert {tag.platform for tag in supported_tags(target("win-32"))} == {"win32", "any"}
    mac = {tag.platform for tag in supported_tags(target("osx-arm64", macos="12.0"))}
    assert {"macosx_11_0_arm64", "macosx_12_0_universal2"} < mac
    assert not any("13_0" in each for each in mac)


@pytest.mark.parametrize(
    ("known", "first"),
    [
        ({"glibc": "2.99999999999"}, "manylinux_2_99_x86_64"),
        ({"glibc": "3.1"}, "manylinux_2_99_x86_64"),
        ({"glibc": "2"}, "linux_x86_64"),
    ],
)
def test_a_c_library_that_there_is_not(known: dict[str, str], first: str) -> None:
    assert next(iter(supported_tags(target("linux-64", **known)))).platform == first


@pytest.mark.parametrize("version", ["99999999", "10.99999999999"])
def test_a_macos_that_there_is_not(version: str) -> None:
    assert 0 < len(list(supported_tags(target("osx-arm64", macos=version)))) < 100_000


@pytest.mark.parametrize("version", ["3", "x.y", "3.x", ""])
def test_an_interpreter_without_a_version_fits_no_wheel_for_others(version: str) -> None:
    found = {tag.interpreter for tag in supported_tags(PythonTarget(version=version, platform="linux-64"))}
    assert "cp312" not in found
