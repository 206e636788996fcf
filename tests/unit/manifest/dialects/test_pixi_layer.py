from __future__ import annotations

import pytest

from manifest.conftest import Room, line


@pytest.mark.parametrize("preview", ['["pixi-build"]', "true"])
@pytest.mark.parametrize("key", ["host-dependencies", "build-dependencies"])
def test_with_pixi_build_they_belong_to_a_package(room: Room, preview: str, key: str) -> None:
    text = f"""
        [workspace]
        channels = []
        platforms = ["linux-64"]
        preview = {preview}
        [dependencies]
        a = "*"
        [target.linux-64.{key}]
        b = "*"
        """
    found = room.error(text, "pixi.toml")
    assert (found.code, line(found)) == ("IL116", 7)
    assert f"[package.{key}]" in found.fix


@pytest.mark.parametrize("preview", ["[]", "false", '["something-else"]'])
def test_without_it_they_are_installed(room: Room, preview: str) -> None:
    text = f"""
        [workspace]
        channels = []
        platforms = ["linux-64"]
        preview = {preview}
        [host-dependencies]
        a = "*"
        """
    request = room.load(text, "pixi.toml").request("default", "linux-64")
    assert [spec.spec for spec in request.conda_specs] == ["a"]
