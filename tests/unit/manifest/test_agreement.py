from __future__ import annotations

import pytest

from interlock_hooks.types import Finding, InterlockError
from manifest.conftest import Room, line


def contradictions(room: Room, text: str) -> list[Finding]:
    workspace = room.pixi(text)
    assert workspace.request("default", "linux-64")
    with pytest.raises(InterlockError) as caught:
        workspace.request("both", "linux-64")
    return list(caught.value.findings)


@pytest.mark.parametrize(
    ("key", "one", "other"),
    [
        ("channel-priority", '"strict"', '"disabled"'),
        ("pypi-options.index-url", '"https://example.com/a"', '"https://example.com/b"'),
        ("pypi-options.index-strategy", '"first-index"', '"unsafe-best-match"'),
        ("pypi-options.prerelease-mode", '"allow"', '"disallow"'),
        ("system-requirements.libc", '"2.28"', '{ family = "musl", version = "1.2" }'),
        ("system-requirements.archspec", '"x86_64_v3"', '"x86_64_v4"'),
    ],
)
def test_two_values_in_one_environment(room: Room, key: str, one: str, other: str) -> None:
    (found,) = contradictions(
        room,
        f"""
        [feature.a]
        {key} = {one}
        [feature.b]
        {key} = {other}
        [environments]
        a = ["a"]
        same = ["a"]
        both = ["a", "b"]
        """,
    )
    assert (found.code, line(found)) == ("IL116", 5)
    assert key.rpartition(".")[2] in found.what
    assert "'a' says" in found.why
    assert "'b' says" in found.why
    assert "(line 7)" in found.why


def test_the_top_level_is_a_feature_as_well(room: Room) -> None:
    (found,) = contradictions(
        room,
        """
        [pypi-options]
        index-strategy = "first-index"
        [feature.a.pypi-options]
        index-strategy = "unsafe-best-match"
        [environments]
        both = ["a"]
        alone = { features = ["a"], no-default-feature = true }
        """,
    )
    assert "the top level says 'first-index' (line 5)" in found.why
    assert room.pixi("[environments]\n").request("default", "linux-64")


def test_options_of_the_workspace_are_what_features_replace(room: Room) -> None:
    request = room.pixi_request("""
        [workspace.pypi-options]
        index-strategy = "first-index"
        [pypi-options]
        index-strategy = "unsafe-best-match"
        """)
    assert request.pypi.index_strategy == "unsafe-best-match"


def test_versions_of_one_libc_and_equal_values_are_no_contradiction(room: Room) -> None:
    request = room.pixi_request(
        """
        [feature.a]
        channel-priority = "disabled"
        system-requirements = { libc = "2.28" }
        [feature.b]
        channel-priority = "disabled"
        system-requirements = { libc = "2.34" }
        [environments]
        both = ["a", "b"]
        """,
        "both",
    )
    assert request.channel_priority == "disabled"
    assert [each.version for each in request.system_requirements] == ["2.34"]
