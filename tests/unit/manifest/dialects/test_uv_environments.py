from __future__ import annotations

import pytest

from manifest.conftest import Room, line

PROJECT = '[project]\nname = "demo"\nversion = "1"\n[tool.uv]\n'


@pytest.mark.parametrize(
    ("environments", "platforms"),
    [
        ("[\"sys_platform == 'linux'\"]", ("linux-64",)),
        ("\"sys_platform == 'linux' and python_version >= '3.12'\"", ("linux-64",)),
        ("[\"platform_system == 'Linux' and platform_machine == 'aarch64'\"]", ("linux-aarch64",)),
        ("[\"sys_platform == 'linux' and platform_machine != 'x'\"]", ("linux-64", "linux-aarch64")),
        (
            "[\"sys_platform == 'darwin' and platform_machine == 'arm64'\", \"sys_platform == 'linux'\"]",
            ("osx-arm64", "linux-64"),
        ),
        ("[\"os_name != 'nt'\"]", ("linux-64", "osx-arm64")),
        ("[\"os_name == 'nt' and 'x' not in extras and 'y' not in dependency_groups\"]", ("win-64",)),
        ("[\"os_name == 'nt' and extra != 'x'\"]", ("win-64",)),
        ("[\"platform_machine == 'riscv64'\"]", ("linux-riscv64",)),
        ("[\"sys_platform == 'win32' and platform_machine == 'x86'\"]", ("win-32",)),
    ],
)
def test_markers_are_platforms(room: Room, environments: str, platforms: tuple[str, ...]) -> None:
    assert room.load(f"{PROJECT}environments = {environments}\n").platforms == platforms


def test_the_workspace_counts_more_and_conditions_on_python_say_nothing(room: Room) -> None:
    pixi = '[tool.pixi.workspace]\nchannels = ["conda-forge"]\nplatforms = ["win-64"]\n'
    assert room.load(f"{PROJECT}environments = [\"sys_platform == 'linux'\"]\n{pixi}").platforms == ("win-64",)
    plain = room.load(PROJECT).platforms
    assert room.load(f"{PROJECT}environments = [\"python_version >= '3.12'\"]\n").platforms == plain


@pytest.mark.parametrize("marker", ["sys_platform is linux", "sys_platform == 'plan9'", "sys_platform ~= 'linux'"])
def test_what_holds_nowhere_is_an_error(room: Room, marker: str) -> None:
    found = room.error(f'{PROJECT}environments = ["{marker}"]\n')
    assert (found.code, line(found), found.where.key) == ("IL105", 5, "tool.uv.environments[0]")  # type: ignore[union-attr]
