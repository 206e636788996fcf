from __future__ import annotations

import pytest

from interlock_hooks.types import InterlockError
from manifest.conftest import PLATFORM, Room, line

PROJECT = """\
[project]
name = "demo"
requires-python = ">=3.11"
dependencies = ["numpy"]
optional-dependencies = { cpu = ["jax"], gpu = ["torch"], dev = ["never"] }
[dependency-groups]
dev = ["pytest"]
Lint = ["ruff"]
docs = ["sphinx", { include-group = "Lint" }]
"""
PIXI = f"""\
[tool.pixi.workspace]
channels = []
platforms = ["{PLATFORM}"]
"""


def texts(room: Room, text: str) -> list[str]:
    return sorted(each.text for each in room.load(PROJECT + text).request().requirements)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", ["numpy", "pytest"]),
        ("[tool.uv]\n", ["numpy", "pytest"]),
        ("[tool.interlock]\n", ["numpy", "pytest"]),
        ("[tool.uv]\ndefault-groups = []\n", ["numpy"]),
        ('[tool.uv]\ndefault-groups = ["docs"]\n', ["numpy", "ruff", "sphinx"]),
        ('[tool.uv]\ndefault-groups = ["lint", "dev"]\n', ["numpy", "pytest", "ruff"]),
        ('[tool.uv]\ndefault-groups = "all"\n', ["numpy", "pytest", "ruff", "sphinx"]),
        ('[tool.uv]\ndev-dependencies = ["Mypy>=1"]\n', ["mypy>=1", "numpy", "pytest"]),
        (PIXI, ["numpy"]),
        (PIXI + '[tool.uv]\ndefault-groups = "all"\n', ["numpy"]),
    ],
)
def test_groups_of_the_default_environment(room: Room, settings: str, expected: list[str]) -> None:
    assert texts(room, settings) == expected


def test_older_development_dependencies_alone_are_a_default_group_with_its_sources(room: Room) -> None:
    text = """
        [project]
        name = "demo"
        [tool.uv]
        dev-dependencies = ["torch"]
        [tool.uv.sources]
        torch = { index = "own", group = "dev" }
        [[tool.uv.index]]
        name = "own"
        url = "https://example.com/own"
        explicit = true
        """
    workspace = room.load(text)
    assert workspace.findings == ()
    assert workspace.environments["default"].features == ("dev",)
    assert [(each.text, each.index) for each in workspace.request().requirements] == [("torch", "own")]


def test_python_of_a_group_holds_where_the_group_is(room: Room) -> None:
    environments = PIXI + '[tool.pixi.environments]\nlint = ["Lint"]\n'
    workspace = room.load(
        PROJECT + environments + '[tool.uv.dependency-groups]\nlint = { requires-python = ">=3.12" }\n'
    )
    assert workspace.request("default", PLATFORM).requires_python == ">=3.11"
    assert workspace.request("lint", PLATFORM).requires_python == ">=3.11,>=3.12"


def test_a_python_of_a_default_group_is_told_where_it_is(room: Room) -> None:
    text = '[dependency-groups]\ndev = ["a"]\n[tool.uv.dependency-groups.dev]\nrequires-python = ">=3.12"\n'
    found = room.load(text).request()
    assert found.requires_python == ">=3.12"
    assert found.requires_python_where is not None
    assert found.requires_python_where.line == 4


CONFLICT = (
    '[tool.uv]\nconflicts = [[{ extra = "cpu" }, { extra = "gpu" }, { group = "lint" }], [{ package = "demo" }]]\n'
)


def test_conflicting_extras_and_groups_are_refused_together_and_only_there(room: Room) -> None:
    environments = PIXI + '[tool.pixi.environments]\ncpu = ["cpu"]\nboth = ["gpu", "Lint"]\n'
    workspace = room.load(PROJECT + CONFLICT + environments)
    assert [each.text for each in workspace.request("cpu", PLATFORM).requirements] == ["jax", "numpy"]
    with pytest.raises(InterlockError) as caught:
        workspace.request("both", PLATFORM)
    (found,) = caught.value.findings
    assert (found.code, line(found)) == ("IL116", 17)
    assert "'gpu' and 'Lint'" in found.what


def test_conflicts_with_members_of_a_workspace_are_not_about_this_project(room: Room) -> None:
    conflict = '[tool.uv]\nconflicts = [[{ package = "other", group = "dev" }, { package = "Demo", group = "lint" }]]\n'
    groups = 'default-groups = ["dev", "lint"]\n'
    assert texts(room, conflict + groups) == ["numpy", "pytest", "ruff"]


ERRORS = {
    'default-groups = ["test"]': ("IL113", "tool.uv.default-groups[0]"),
    'default-groups = "dev"': ("IL105", "tool.uv.default-groups"),
    "default-groups = 1": ("IL104", "tool.uv.default-groups"),
    "default-groups = [1]": ("IL104", "tool.uv.default-groups[0]"),
    'dependency-groups = { test = { requires-python = ">=3" } }': ("IL113", "tool.uv.dependency-groups.test"),
    'dependency-groups = { dev = { requires-python = "3" } }': (
        "IL105",
        "tool.uv.dependency-groups.dev.requires-python",
    ),
    'dev-dependencies = ["a>>1"]': ("IL109", "tool.uv.dev-dependencies[0]"),
    'conflicts = [{ extra = "a" }]': ("IL104", "tool.uv.conflicts[0]"),
    'conflicts = [[{ extra = "a", group = "b" }]]': ("IL116", "tool.uv.conflicts[0][0].group"),
    "conflicts = [[{}]]": ("IL119", "tool.uv.conflicts[0][0]"),
}


@pytest.mark.parametrize(("setting", "expected"), ERRORS.items())
def test_errors(room: Room, setting: str, expected: tuple[str, str]) -> None:
    found = room.error(f"{PROJECT}[tool.uv]\n{setting}\n")
    assert found.where is not None
    assert (found.code, found.where.key) == expected


BACKEND = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'


@pytest.mark.parametrize(
    ("text", "installed"),
    [
        ("", False),
        (BACKEND, True),
        ("[tool.uv]\npackage = true\n", True),
        (BACKEND + "[tool.uv]\npackage = false\n", False),
        (BACKEND + PIXI, False),
    ],
)
def test_a_package_is_installed_itself_without_pixis_tables(room: Room, text: str, installed: bool) -> None:
    workspace = room.load('[project]\nname = "My.Demo"\ndependencies = ["a"]\n' + text)
    first, *others = workspace.request(platform=workspace.platforms[0]).requirements
    assert ((first.text, first.editable) == (f"my-demo @ {room.root.as_uri()}", True)) is installed
    assert [each.text for each in (*others, first)] == (["a", first.text] if installed else ["a"])
