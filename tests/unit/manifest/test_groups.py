"""What environments of a solve group ask for together."""

from __future__ import annotations

import pytest

from interlock_hooks.types import InterlockError, Solve
from manifest.conftest import Room

GROUPED = """
    [dependencies]
    base = "*"
    [feature.one]
    channels = ["https://channels.example/one"]
    [feature.one.dependencies]
    base = ">=2"
    one = "*"
    [feature.one.system-requirements]
    cuda = "11.8"
    [feature.two.dependencies]
    two = "*"
    [feature.two.system-requirements]
    cuda = "12.4"
    [feature.two.pypi-options]
    index-url = "https://index.example/two"
    [feature.mac]
    platforms = ["osx-arm64"]
    [feature.mac.dependencies]
    mac = "*"
    [environments]
    one = { features = ["one"], solve-group = "all" }
    two = { features = ["two"], solve-group = "all", no-default-feature = true }
    mac = { features = ["mac"], solve-group = "all" }
    alone = { features = ["two"], solve-group = "other" }
    """


def specs(solve: Solve) -> set[str]:
    return {spec.spec for spec in solve.request.conda_specs}


def test_members_ask_for_everything_together(room: Room) -> None:
    solve = room.pixi(GROUPED).solve("two", "linux-64")
    assert (solve.group, solve.names, solve.target) == ("all", ("one", "two"), "linux-64")
    assert solve.request.name == "solve group all"
    assert specs(solve) == {"base", "base >=2", "one", "two"}
    assert solve.request.channels[0] == "https://channels.example/one"
    assert [each.version for each in solve.request.system_requirements] == ["12.4"]
    assert [index.url for index in solve.request.pypi.indexes] == ["https://index.example/two"]
    # Each member stays what it is.
    assert [spec.spec for spec in solve.members[1].conda_specs] == ["two"]
    assert solve == room.pixi(GROUPED).solve("one", "linux-64")


def test_without_a_group_or_alone_in_one_an_environment_is_solved_by_itself(room: Room) -> None:
    workspace = room.pixi(GROUPED)
    for name in ("default", "alone"):
        request = workspace.request(name, "linux-64")
        assert workspace.solve(name, "linux-64") == Solve(request=request, members=(request,), group=None)


def test_only_members_that_support_the_platform_have_a_say(room: Room) -> None:
    solve = room.pixi(GROUPED).solve("one", "osx-arm64")
    assert solve.names == ("one", "two", "mac")
    assert "mac" in specs(solve)


def test_a_member_that_cannot_be_had_has_no_say(room: Room) -> None:
    text = """
        [feature.source.dependencies]
        ours = { path = "ours" }
        [environments]
        default = { solve-group = "all" }
        source = { features = ["source"], solve-group = "all" }
        """
    workspace = room.pixi(text)
    assert workspace.solve("default", "linux-64").names == ("default",)
    with pytest.raises(InterlockError):
        workspace.solve("source", "linux-64")


def test_members_that_contradict_each_other_are_named(room: Room) -> None:
    text = """
        [feature.a.pypi-options]
        index-url = "https://index.example/a"
        [feature.b.pypi-options]
        index-url = "https://index.example/b"
        [environments]
        a = { features = ["a"], solve-group = "all" }
        b = { features = ["b"], solve-group = "all" }
        """
    workspace = room.pixi(text)
    workspace.request("a", "linux-64")
    with pytest.raises(InterlockError) as caught:
        workspace.solve("a", "linux-64")
    (found,) = caught.value.findings
    assert found.code == "IL116"
    assert found.details == ("the environments a, b are solved together in solve group all",)


def test_a_tree_that_one_member_has_editable_is_one_requirement(room: Room) -> None:
    room.write("[project]\nname = 'ours'\nversion = '1'\n", "ours/pyproject.toml")
    text = """
        [feature.dev.pypi-dependencies]
        ours = { path = "ours", editable = true }
        [feature.prod.pypi-dependencies]
        ours = { path = "ours" }
        [environments]
        dev = { features = ["dev"], solve-group = "all" }
        prod = { features = ["prod"], solve-group = "all" }
        """
    solve = room.pixi(text).solve("prod", "linux-64")
    assert [each.name for each in solve.request.requirements] == ["ours"]
    assert [each.requirements[0].editable for each in solve.members] == [True, False]
