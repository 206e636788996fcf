from __future__ import annotations

import pytest

from interlock_hooks.types import InterlockError, Severity
from manifest.conftest import Room, line


@pytest.mark.parametrize("name", ["workspace", "project"])
@pytest.mark.parametrize("prefix", ["", "tool.pixi."])
def test_both_names_of_the_workspace_table_in_both_files(room: Room, name: str, prefix: str) -> None:
    workspace = room.load(
        f'[{prefix}{name}]\nname = "demo"\nversion = "1"\nchannels = ["a", "b"]\nplatforms = ["linux-64"]\n'
        f'[{prefix}dependencies]\npython = "3.12.*"\n',
        "pyproject.toml" if prefix else "pixi.toml",
    )
    assert workspace.name == "demo"
    request = workspace.request("default", "linux-64")
    assert request.channels == ("a", "b")
    assert [spec.spec for spec in request.conda_specs] == ["python 3.12.*"]
    assert workspace.findings == ()


def test_both_names_at_once(room: Room) -> None:
    found = room.error("[workspace]\nchannels = []\n[project]\nchannels = []\n", "pixi.toml")
    assert (found.code, line(found)) == ("IL116", 3)


def test_workspace_settings(room: Room) -> None:
    request = room.load(
        """
        [workspace]
        channels = ["low", { channel = "high", priority = 1 }, { channel = "last", priority = -1 }, "./mine"]
        platforms = ["linux-64"]
        channel-priority = "disabled"
        solve-strategy = "lowest-direct"
        exclude-newer = "2026-01-31"
        [workspace.pypi-options]
        no-binary = ["a"]
        """,
        "pixi.toml",
    ).request("default", "linux-64")
    assert request.channels == ("high", "low", (room.root / "mine").as_uri(), "last")
    assert request.channel_priority == "disabled"
    assert request.solve_strategy == "lowest-direct"
    assert request.conda_exclude_newer == "2026-01-31"
    assert request.pypi.exclude_newer == "2026-01-31"
    assert "a" in request.pypi.no_binary


def test_tables_that_are_not_about_environments_are_left_alone(room: Room) -> None:
    workspace = room.pixi("""
        preview = ["pixi-build"]
        [tasks]
        test = { cmd = "pytest", depends-on = ["build"] }
        [package]
        name = 1
        [package.build]
        backend = { name = "x", version = "*" }
        [tool.ruff]
        anything = 1
        [target.linux-64.tasks]
        x = "y"
        """)
    assert workspace.findings == ()


@pytest.mark.parametrize("preview", ["", 'preview = ["other"]\n', "preview = []\n"])
def test_a_package_takes_the_preview_for_it(room: Room, preview: str) -> None:
    found = room.pixi_error(f"{preview}[package]\nname = 'x'\n")
    assert (found.code, line(found)) == ("IL116", 5 if preview else 4)
    assert '"pixi-build"]' in found.fix
    assert "[workspace]" in found.fix


def test_the_name_of_the_package_is_that_of_a_workspace_without_one(room: Room) -> None:
    package = "preview = true\n[package]\nname = {}\n"
    assert room.pixi(package.format('"own"')).name == "own"
    assert room.pixi("name = 'demo'\n" + package.format('"own"')).name == "demo"
    assert room.pixi(package.format("{ workspace = true }")).name == room.root.name


def test_features_that_no_environment_uses(room: Room) -> None:
    features = "[feature.a]\n[feature.b.dependencies]\nx = '*'\n"
    unused = [(each.code, line(each), each.severity) for each in room.pixi(features).findings]
    assert unused == [("IL107", 4, Severity.WARNING), ("IL107", 5, Severity.WARNING)]
    used = "[environments]\none = ['a']\n[environments.two]\nfeatures = ['b']\n"
    assert room.pixi(features + used).findings == ()
    assert [each.code for each in room.pixi_errors(features + used.replace("'b'", "'bb'"))] == ["IL113"]


def test_environments(room: Room) -> None:
    workspace = room.pixi("""
        [feature.test.dependencies]
        pytest = "*"
        [environments]
        test = ["test"]
        full = { features = ["test"], solve-group = "one", no-default-feature = true }
        """)
    assert list(workspace.environments) == ["default", "test", "full"]
    assert workspace.environments["test"].all_features == ("test", "default")
    assert workspace.environments["full"].all_features == ("test",)
    assert workspace.environments["full"].solve_group == "one"
    assert workspace.findings == ()


def test_unknown_features_of_environments(room: Room) -> None:
    found = room.pixi_errors("""
        [feature.test.dependencies]
        [environments]
        a = ["tset"]
        b = { features = ["test", "lint"] }
        B = []
        c = 1
        """)
    assert [(item.code, line(item)) for item in found] == [("IL113", 6), ("IL113", 7), ("IL105", 8), ("IL104", 9)]
    assert found[0].fix == "did you mean 'test'?"


def test_a_typo_in_a_table_name_is_an_error_with_the_nearest(room: Room) -> None:
    with pytest.raises(InterlockError) as caught:
        room.pixi('[pypi-dependancies]\nnumpy = "*"\n[feature.x]\nchanels = ["a"]\n[environments]\nx = ["x"]\n')
    found = [(item.code, line(item), item.fix) for item in caught.value.findings]
    assert found == [("IL106", 4, "did you mean 'pypi-dependencies'?"), ("IL106", 7, "did you mean 'channels'?")]


def test_workspace_keys_at_the_top_say_where_they_belong(room: Room) -> None:
    workspace = room.load(
        'channels = ["x"]\n[workspace]\nchannels = []\nplatforms = ["linux-64"]\n[workspace.activation]\na = "*"\n',
        "pixi.toml",
    )
    found = [(item.code, line(item), item.fix) for item in workspace.findings]
    assert found == [("IL107", 5, "move it to [activation]"), ("IL107", 1, "move it to [workspace]")]


def test_wrong_types_everywhere_are_reported_together(room: Room) -> None:
    found = room.errors(
        """
        dependencies = []
        feature = 1
        target = "x"
        environments = true
        [workspace]
        channels = "conda-forge"
        platforms = "linux-64"
        name = 1
        """,
        "pixi.toml",
    )
    assert [(item.code, line(item)) for item in found] == [("IL104", n) for n in (1, 2, 3, 4, 6, 7, 8)]


def test_a_workspace_without_channels(room: Room) -> None:
    found = room.error('[workspace]\nplatforms = ["linux-64"]\n', "pixi.toml")
    assert (found.code, line(found), found.fix) == ("IL119", 1, 'add channels = ["conda-forge"]')


def test_wrong_channels(room: Room) -> None:
    found = room.errors(
        '[workspace]\nplatforms = []\nchannels = [\n1,\n{ priority = 1 },\n{ channel = "a", priority = "b" },\n]\n',
        "pixi.toml",
    )
    assert [(item.code, line(item)) for item in found] == [("IL104", 4), ("IL119", 5), ("IL104", 6)]


@pytest.mark.parametrize("address", ["https://[::1", "https://host:port/x", "https://", "s3://[x]/y", "file:///a%00"])
def test_channels_at_impossible_addresses(room: Room, address: str) -> None:
    wrong = room.errors(
        f"""
        [workspace]
        platforms = ["linux-64"]
        channels = [
            "{address}",
            {{ channel = "{address}" }},
        ]
        conda-pypi-map."{address}" = false
        [dependencies]
        a = {{ version = "1", channel = "{address}" }}
        """,
        "pixi.toml",
    )
    assert [(each.code, line(each)) for each in wrong] == [("IL105", 4), ("IL105", 5), ("IL105", 7), ("IL105", 9)]
