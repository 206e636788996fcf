"""A dependency that cannot be had refuses the environments that contain it, and no others."""

from __future__ import annotations

import pytest

from interlock.manifest import Workspace
from interlock_hooks.types import InterlockError
from manifest.conftest import Room


def refused(workspace: Workspace, environment: str, platform: str = "linux-64") -> list[tuple[str, str | None]]:
    with pytest.raises(InterlockError) as caught:
        workspace.request(environment, platform)
    return [(finding.code, finding.where and finding.where.key) for finding in caught.value.findings]


FEATURES = """
    [dependencies]
    python = "*"
    [feature.ros.dependencies]
    robo = { path = "robo" }
    [feature.dev.pypi-dependencies]
    lib = { path = "nowhere", editable = true }
    [environments]
    ros = ["ros"]
    dev = ["dev"]
    all = ["dev", "ros"]
    """


def test_environments_without_it_are_what_they_were(room: Room) -> None:
    workspace = room.pixi(FEATURES)
    assert [spec.spec for spec in workspace.request("default", "linux-64").conda_specs] == ["python"]
    robo, lib = ("IL114", "feature.ros.dependencies.robo.path"), ("IL120", "feature.dev.pypi-dependencies.lib.path")
    assert refused(workspace, "ros") == [robo]
    assert refused(workspace, "dev") == [lib]
    assert refused(workspace, "all") == [lib, robo]


def test_it_counts_on_the_platforms_that_it_is_for(room: Room) -> None:
    workspace = room.pixi("""
        [dependencies]
        robo = { git = "https://example.com/robo" }
        [target.unix.dependencies]
        robo = ">=1"
        [target.win.pypi-dependencies]
        lib = { path = "nowhere" }
        """)
    assert [spec.spec for spec in workspace.request("default", "linux-64").conda_specs] == ["robo >=1"]
    assert [code for code, _ in refused(workspace, "default", "win-64")] == ["IL114", "IL120"]


def test_a_constraint_refuses_as_a_dependency_does(room: Room) -> None:
    workspace = room.pixi('[feature.a.constraints]\nrobo = { path = "." }\n[environments]\na = ["a"]\n')
    assert workspace.request("default", "linux-64").conda_constraints == ()
    assert refused(workspace, "a") == [("IL114", "feature.a.constraints.robo.path")]


GROUPS = """
    [project]
    name = "demo"
    dependencies = ["small"]
    [dependency-groups]
    dev = ["lib"]
    [tool.uv.sources]
    lib = {{ path = "nowhere" }}
    {more}
    [tool.pixi.workspace]
    channels = ["conda-forge"]
    platforms = ["linux-64"]
    [tool.pixi.environments]
    dev = ["dev"]
    """


def test_a_source_of_uv_refuses_the_groups_that_it_is_for(room: Room) -> None:
    workspace = room.load(GROUPS.format(more=""))
    assert [each.text for each in workspace.request("default", "linux-64").requirements] == ["small"]
    assert refused(workspace, "dev") == [("IL120", "tool.uv.sources.lib.path")]


def test_a_source_that_only_builds_use_refuses_the_manifest(room: Room) -> None:
    text = GROUPS.format(more='tool = { path = "gone" }\n    [tool.uv.extra-build-dependencies]\n    small = ["tool"]')
    # With an error that is for all, the others are told as well.
    assert [finding.where and finding.where.key for finding in room.errors(text)] == [
        "tool.uv.sources.lib.path",
        "tool.uv.sources.tool.path",
    ]


def test_it_is_told_with_what_stops_the_whole_manifest(room: Room) -> None:
    codes = [finding.code for finding in room.pixi_errors(FEATURES + '\n[feature.ros.constraints]\nbad = ">>1"\n')]
    assert codes == ["IL114", "IL120", "IL110"]
