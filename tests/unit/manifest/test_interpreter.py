from __future__ import annotations

from interlock_hooks.types import EnvironmentRequest
from manifest.conftest import Room

PROJECT = """
    [project]
    name = "demo"
    requires-python = ">=3.11"
    [tool.pixi.workspace]
    channels = ["conda-forge"]
    platforms = ["linux-64", "win-64"]
    """


def python(request: EnvironmentRequest) -> tuple[list[str], str | None, str | None]:
    specs = [spec.spec for spec in request.conda_specs if spec.name == "python"]
    return specs, request.requires_python, request.overruled_python


def test_a_project_with_pixi_tables_has_python_without_any_pypi_requirement(room: Room) -> None:
    assert python(room.request(PROJECT)) == (["python"], ">=3.11", None)
    assert python(room.request(PROJECT.replace("requires-python", "keywords = [] # "))) == (["python"], None, None)


def test_a_pixi_toml_has_none_unless_something_runs_on_it(room: Room) -> None:
    assert python(room.pixi_request("[dependencies]\nzlib = '*'\n")) == ([], None, None)


def test_an_environment_without_the_default_feature_has_none(room: Room) -> None:
    text = """
    [tool.pixi.feature.a.dependencies]
    zlib = "*"
    [tool.pixi.environments]
    a = { features = ["a"], no-default-feature = true }
    """
    assert python(room.request(PROJECT + text, "a")) == ([], None, None)


def test_the_conda_dependency_decides_over_requires_python(room: Room) -> None:
    found = room.request(PROJECT + '    [tool.pixi.dependencies]\n    python = "3.10.*"\n')
    assert python(found) == (["python 3.10.*"], None, ">=3.11")
    assert found.requires_python_where is not None
    assert found.requires_python_where.line == 3


def test_a_dependency_for_some_platforms_decides_there(room: Room) -> None:
    text = PROJECT + '    [tool.pixi.target.win.dependencies]\n    python = "3.12.*"\n'
    assert python(room.request(text, platform="win-64")) == (["python 3.12.*"], None, ">=3.11")
    assert python(room.request(text, platform="linux-64")) == (["python"], ">=3.11", None)


def test_a_feature_restricts_further(room: Room) -> None:
    text = """
    [tool.pixi.feature.a.dependencies]
    python = "3.12.*"
    [tool.pixi.environments]
    a = ["a"]
    """
    assert python(room.request(PROJECT + text, "a")) == (["python 3.12.*", "python"], ">=3.11", None)
