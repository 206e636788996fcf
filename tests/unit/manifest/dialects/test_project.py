from __future__ import annotations

import pytest

from interlock.manifest.model import EVERYWHERE, Workspace
from manifest.conftest import Room, line


def feature(workspace: Workspace, name: str) -> list[str]:
    return [requirement.text for requirement in workspace.features[name].layers[EVERYWHERE].requirements]


def test_dependencies_extras_and_groups(room: Room) -> None:
    workspace = room.load("""
        [project]
        name = "My_Project"
        version = "1"
        requires-python = ">=3.11"
        dependencies = ["numpy>=2"]
        [project.optional-dependencies]
        gpu = ["torch"]
        all = ["my-project[gpu]", "scipy"]
        [dependency-groups]
        test = ["pytest", { include-group = "Lint" }, "my_project[gpu]"]
        lint = ["ruff"]
        """)
    assert workspace.name == "My_Project"
    assert feature(workspace, "default") == ["numpy>=2"]
    assert feature(workspace, "gpu") == ["torch"]
    assert sorted(feature(workspace, "all")) == ["scipy", "torch"]
    assert feature(workspace, "test") == ["pytest", "ruff", "torch"]
    assert feature(workspace, "lint") == ["ruff"]
    request = workspace.request()
    assert request.requires_python == ">=3.11"
    assert request.requires_python_where is not None
    assert request.requires_python_where.line == 4


PIXI = """
    [project]
    name = "demo"
    requires-python = ">=3.11"
    dependencies = ["numpy"]
    optional-dependencies = { test = ["pytest"] }
    [dependency-groups]
    lint = ["ruff"]
    test = ["coverage"]
    [build-system]
    requires = ["hatchling"]
    build-backend = "hatchling.build"
    [tool.pixi.workspace]
    channels = ["conda-forge"]
    platforms = ["linux-64"]
    [tool.pixi.pypi-dependencies]
    scipy = "*"
    [tool.pixi.feature.lint.dependencies]
    shellcheck = "*"
    [tool.pixi.environments]
    dev = ["test", "lint"]
    bare = { features = ["lint"], no-default-feature = true }
    """


def test_with_pixi_extras_and_groups_are_features(room: Room) -> None:
    workspace = room.load(PIXI)
    assert workspace.findings == ()
    default = workspace.request("default", "linux-64")
    assert [item.text for item in default.requirements] == ["scipy", "numpy"]
    assert default.requires_python == ">=3.11"
    dev = workspace.request("dev", "linux-64")
    assert [item.text for item in dev.requirements] == ["coverage", "ruff", "scipy", "numpy"]
    assert "shellcheck" in [spec.spec for spec in dev.conda_specs]
    bare = workspace.request("bare", "linux-64")
    assert [item.text for item in bare.requirements] == ["ruff"]
    assert bare.requires_python is None


def test_the_project_itself_is_installed_only_if_it_is_listed(room: Room) -> None:
    assert "demo" not in [item.name for item in room.request(PIXI).requirements]
    text = PIXI.replace('scipy = "*"', 'demo = { path = ".", editable = true }')
    demo = room.request(text).requirements[0]
    assert (demo.text, demo.editable) == (f"demo @ {room.root.as_uri()}", True)


ERRORS = {
    'dependencies = "numpy"': ("IL104", "project.dependencies"),
    "dependencies = [1]": ("IL104", "project.dependencies[0]"),
    'dependencies = ["a b c"]': ("IL109", "project.dependencies[0]"),
    'requires-python = "3.11"': ("IL105", "project.requires-python"),
    'optional-dependencies = { a = ["x[y]"] }': ("IL113", "project.optional-dependencies.a[0]"),
}


@pytest.mark.parametrize(("text", "expected"), ERRORS.items())
def test_errors_name_the_key(room: Room, text: str, expected: tuple[str, str]) -> None:
    found = room.error(f'[project]\nname = "x"\n{text}\n')
    assert found.where is not None
    assert (found.code, found.where.key, found.where.line) == (*expected, 3)


def test_groups_that_are_wrong(room: Room) -> None:
    found = room.errors("""
        [dependency-groups]
        a = [{ include-group = "b" }]
        b = [{ include-group = "c" }]
        c = [{ include-group = "a" }]
        d = [{ include-group = "tests" }]
        test = [{ include = "a" }, 1, "x y"]
        """)
    codes = [(item.code, line(item)) for item in found]
    assert {item for item in codes if item[0] != "IL117"} == {
        ("IL113", 5),
        ("IL105", 6),
        ("IL104", 6),
        ("IL109", 6),
    }
    (cycle,) = (item for item in found if item.code == "IL117")
    assert line(cycle) == 4
    assert cycle.what.endswith("'a' includes 'b' includes 'c' includes 'a'")
    assert next(item for item in found if item.code == "IL113").fix == "did you mean 'test'?"


def test_a_group_that_includes_itself(room: Room) -> None:
    found = room.error('[dependency-groups]\na = ["x", { include-group = "A" }]\n')
    assert (found.code, line(found)) == ("IL117", 2)


def test_extras_that_include_each_other_end(room: Room) -> None:
    workspace = room.load("""
        [project]
        name = "p"
        [project.optional-dependencies]
        a = ["p[b]", "x"]
        b = ["p[a]", "y"]
        """)
    assert sorted(feature(workspace, "a")) == ["x", "y"]
