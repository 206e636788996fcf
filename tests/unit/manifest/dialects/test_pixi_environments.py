from __future__ import annotations

import pytest

from interlock_hooks.types import InterlockError
from manifest.conftest import Room, line, specs

INLINE = """
    [dependencies]
    python = "3.12.*"
    [pypi-options]
    extra-index-urls = ["https://example.com/top"]
    [feature.test.dependencies]
    pytest = "*"
    [environments.docs]
    channels = ["mine"]
    channel-priority = "flexible"
    solve-strategy = "lowest"
    platforms = ["linux-64"]
    [environments.docs.dependencies]
    mkdocs = "*"
    [environments.docs.constraints]
    zlib = "<2"
    [environments.docs.pypi-dependencies]
    theme = ">=1"
    [environments.docs.pypi-options]
    extra-index-urls = ["https://example.com/docs"]
    [environments.docs.activation]
    scripts = ["docs.sh"]
    env = { DOCS = "1" }
    [environments.docs.target.linux.dependencies]
    mkdocs = ">=2"
    cairo = "*"
    [environments.docs.tasks]
    build = "mkdocs"
    [environments.alone]
    features = ["test"]
    no-default-feature = true
    dependencies = { ruff = "*" }
    """


def test_content_of_an_environment_is_a_feature_without_a_name(room: Room) -> None:
    workspace = room.pixi(INLINE)
    assert workspace.findings == ()
    docs = workspace.request("docs", "linux-64")
    assert specs(docs) == ["mkdocs >=2", "cairo", "python 3.12.*"]
    assert [spec.spec for spec in docs.conda_constraints] == ["zlib <2"]
    assert [requirement.text for requirement in docs.requirements] == ["theme>=1"]
    assert (docs.channels, docs.channel_priority, docs.solve_strategy) == (
        ("mine", "conda-forge"),
        "flexible",
        "lowest",
    )
    assert [index.url for index in docs.pypi.indexes] == ["https://example.com/docs", "https://example.com/top"]
    assert (docs.activation.scripts, docs.activation.env) == (("docs.sh",), (("DOCS", "1"),))
    assert workspace.supported_platforms("docs") == ("linux-64",)
    assert specs(workspace.request("alone", "win-64")) == ["ruff", "pytest"]
    assert specs(workspace.request("default", "linux-64")) == ["python 3.12.*"]


def test_a_refused_dependency_of_an_environment_refuses_that_environment(room: Room) -> None:
    workspace = room.pixi('[environments.x.dependencies]\nrobo = { path = "robo" }\n')
    assert workspace.request("default", "linux-64")
    assert {finding.code for finding in workspace.refusals} == {"IL114"}


@pytest.mark.parametrize("key", ["host-dependencies", "build-dependencies", "system-requirements"])
def test_what_only_a_feature_can_have(room: Room, key: str) -> None:
    found = room.pixi_error(f"[environments.x]\nfeatures = []\n{key} = {{}}\n")
    assert (found.code, line(found)) == ("IL107", 6)


def test_mistakes_in_the_content_are_at_their_lines(room: Room) -> None:
    found = room.pixi_errors("""
        [environments.x]
        dependencies = []
        channels = [1]
        [environments.x.pypi-dependencies]
        a = { version = ">=1", path = "x" }
        """)
    assert [line(each) for each in found] == [5, 6, 8, 8]


def test_an_environment_of_nothing(room: Room) -> None:
    found = room.pixi_errors("[environments]\nx = {}\ny = { no-default-feature = true }\nz = []\n")
    assert [(each.code, line(each)) for each in found] == [("IL119", 5), ("IL119", 6)]


@pytest.mark.parametrize("value", ['["a", "b", "a"]', '{ features = ["a", "b", "a"] }'])
def test_a_feature_that_is_listed_twice(room: Room, value: str) -> None:
    found = room.pixi_error(f"[feature.a]\n[feature.b]\n[environments]\nx = {value}\n")
    assert (found.code, line(found)) == ("IL116", 7)
    assert "'a' twice" in found.what


def test_the_environment_itself_can_contradict_its_features(room: Room) -> None:
    text = """
        [feature.a]
        channel-priority = "strict"
        [environments.x]
        features = ["a"]
        channel-priority = "disabled"
        """
    workspace = room.pixi(text)
    with pytest.raises(InterlockError) as caught:
        workspace.request("x", "linux-64")
    assert "environment 'x' itself says 'disabled'" in caught.value.findings[0].why
