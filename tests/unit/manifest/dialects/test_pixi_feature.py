from __future__ import annotations

from manifest.conftest import Room, line


def test_a_feature_adds_its_platforms_to_those_of_the_workspace(room: Room) -> None:
    workspace = room.load(
        """
        [workspace]
        channels = []
        platforms = ["linux-64"]
        [feature.mac]
        platforms = ["osx-arm64"]
        [feature.both]
        platforms = ["linux-64", "win-64"]
        [environments]
        mac = ["mac"]
        none = ["mac", "both"]
        [environments.own]
        platforms = ["osx-64"]
        """,
        "pixi.toml",
    )
    assert workspace.platforms == ("linux-64", "osx-arm64", "win-64", "osx-64")
    assert workspace.supported_platforms("mac") == ("osx-arm64",)
    assert workspace.supported_platforms("own") == ("osx-64",)
    assert workspace.supported_platforms("none") == ()
    assert workspace.supported_platforms("default") == workspace.platforms


def test_beside_platforms_with_names_a_feature_can_only_name_those(room: Room) -> None:
    found = room.error(
        """
        [workspace]
        channels = []
        platforms = ["linux-64", { name = "gpu", platform = "linux-64", cuda = "12" }]
        [feature.mac]
        platforms = ["osx-arm64"]
        [environments]
        mac = ["mac"]
        """,
        "pixi.toml",
    )
    assert (found.code, line(found)) == ("IL108", 5)
