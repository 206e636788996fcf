from __future__ import annotations

import pytest

from manifest.conftest import Room, line

SYSTEMS = {
    'cuda = "12.4"': {"__cuda": "12.4"},
    "cuda = 12.4": {"__cuda": "12.4"},
    "cuda = 12": {"__cuda": "12"},
    'cuda = { driver = "12.4", arch = "8.6" }': {"__cuda": "12.4", "__cuda_arch": "8.6"},
    'linux = "5.10"': {"__linux": "5.10"},
    'macos = "13.0"': {"__osx": "13.0"},
    'libc = "2.28"': {"__glibc": "2.28"},
    'libc = { family = "glibc", version = "2.17" }': {"__glibc": "2.17"},
    'libc = { family = "musl", version = "1.2" }': {"__musl": "1.2"},
    'archspec = "x86_64_v3"': {"__archspec": "x86_64_v3"},
    "unix = true": {},
}


@pytest.mark.parametrize(("text", "expected"), SYSTEMS.items())
def test_system_requirements(room: Room, text: str, expected: dict[str, str]) -> None:
    request = room.pixi_request(f"[system-requirements]\n{text}\n")
    assert {item.name: item.version for item in request.system_requirements} == expected
    assert all(item.where and item.where.line == 5 for item in request.system_requirements)


ERRORS = {
    'cuda = ">=12"': "IL105",
    'cuda = "new"': "IL105",
    'libc = "2.99999999999"': "IL105",
    'linux = "\u0663"': "IL105",
    "cuda = true": "IL104",
    'cuda = ["12"]': "IL104",
    'libc = { family = "bionic", version = "1" }': "IL105",
}


@pytest.mark.parametrize(("text", "code"), ERRORS.items())
def test_wrong_system_requirements(room: Room, text: str, code: str) -> None:
    found = room.pixi_error(f"[system-requirements]\n{text}\n")
    assert (found.code, line(found)) == (code, 5)


RICH = """
    [workspace]
    channels = ["conda-forge"]
    platforms = [
      "linux-64",
      { name = "gpu", platform = "linux-64", cuda = "12.0", glibc = "2.28" },
      { platform = "linux-aarch64", archspec = "armv8.2a", __mpi = "4.1" },
      { name = "mac", platform = "osx-arm64", macos = "14.0" },
    ]
    """


def test_rich_platforms(room: Room) -> None:
    workspace = room.load(RICH, "pixi.toml")
    assert workspace.platforms == ("linux-64", "gpu", "linux-aarch64-archspec-armv8-2a-mpi-4-1", "mac")
    promised = {
        platform.name: {item.name: item.version for item in platform.system_requirements}
        for platform in workspace.declared_platforms
    }
    assert promised == {
        "linux-64": {},
        "gpu": {"__cuda": "12.0", "__glibc": "2.28"},
        "linux-aarch64-archspec-armv8-2a-mpi-4-1": {"__archspec": "armv8.2a", "__mpi": "4.1"},
        "mac": {"__osx": "14.0"},
    }
    request = workspace.request("default", "gpu")
    assert request.platform == "linux-64"
    assert {item.name for item in request.system_requirements} == {"__cuda", "__glibc"}


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        ('cuda = "12.9"', "linux-64-cuda-12-9"),
        ('glibc = "2.34", cuda = { driver = "12", arch = "8.6" }', "linux-64-cuda-12-glibc-2-34-cuda-arch-8-6"),
        # What every machine of the platform has is not told.
        ('glibc = "2.28"', "linux-64"),
        ('archspec = "x86_64_v3", linux = "5.10"', "linux-64-archspec-x86-64-v3-linux-5-10"),
    ],
)
def test_a_platform_without_a_name_gets_one(room: Room, declared: str, name: str) -> None:
    workspace = room.load(
        f'[workspace]\nchannels = []\nplatforms = [{{ platform = "linux-64", {declared} }}]\n', "pixi.toml"
    )
    assert workspace.platforms == (name,)


def test_a_subdir_means_its_only_platform(room: Room) -> None:
    workspace = room.load(
        '[workspace]\nchannels = []\nplatforms = [{ name = "gpu", platform = "linux-64", cuda = "12" }]\n', "pixi.toml"
    )
    request = workspace.request("default", "linux-64")
    assert [item.name for item in request.system_requirements] == ["__cuda"]


@pytest.mark.parametrize(
    ("platform", "guess"),
    [
        ("linux64", "linux-64"),
        ("linux_64", "linux-64"),
        ("osx-arm", "osx-arm64"),
        ("macos", "osx-64"),
        ("macos-arm64", "osx-arm64"),
        ("windows", "win-64"),
        ("manylinux_2_28_x86_64", "linux-64"),
    ],
)
def test_unknown_platforms_suggest_the_nearest(room: Room, platform: str, guess: str) -> None:
    found = room.error(f'[workspace]\nchannels = []\nplatforms = [\n  "{platform}",\n]\n', "pixi.toml")
    assert (found.code, line(found), found.fix) == ("IL108", 4, f"did you mean {guess!r}?")


def test_platforms_that_are_wrong_in_other_ways(room: Room) -> None:
    found = room.errors(
        '[workspace]\nchannels = []\nplatforms = [\n"linux-64",\n"linux-64",\n3,\n{ cuda = "12" },\n"zx-81",\n]\n',
        "pixi.toml",
    )
    assert [(item.code, line(item)) for item in found] == [("IL116", 5), ("IL104", 6), ("IL119", 7), ("IL108", 8)]
