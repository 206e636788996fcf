"""A package of which no version can be used: the message says why, and which line of the manifest is to blame."""

from __future__ import annotations

from typing import Any

import pytest

from kit.project import Project

pytestmark = pytest.mark.scenario


def refused(project: Project, *requirements: str, extra: str = "", **options: Any) -> dict[str, Any]:
    project.declare(*requirements, pypi_options=options, extra=extra)
    return project.make_lock().failed(1, "IL310")


def edits(finding: dict[str, Any]) -> list[str]:
    return [edit["new"] or edit["old"] for edit in finding["edits"]]


@pytest.mark.parametrize("forbidden", [True, ["lib"]])
def test_no_build_and_only_a_source_distribution(project: Project, forbidden: bool | list[str]) -> None:
    project.index.sdist("lib", "1.0")
    project.index.wheel("app", "1.0", requires=["lib"])
    finding = refused(project, "app", **{"no-build": forbidden})
    assert (
        finding["why"] == "app 1.0 needs lib, but no wheel of lib fits, and `no-build` forbids building it from source"
    )
    assert "no-build" in finding["fix"]
    written = "true" if forbidden is True else '["lib"]'
    assert f"no-build = {written}" in edits(finding)
    places = {step["text"]: step["where"] for step in finding["derivation"]}
    assert places["no-build admits only wheels"]["key"] == "tool.pixi.pypi-options.no-build"


def test_no_build_of_uv(project: Project) -> None:
    project.index.sdist("lib", "1.0")
    finding = refused(project, "lib", extra="[tool.uv]\nno-build-package = ['lib']\n")
    assert finding["why"] == "no wheel of lib fits, and `no-build` forbids building it from source"
    assert 'no-build-package = ["lib"]' in edits(finding)


def test_no_binary_and_only_a_wheel(project: Project) -> None:
    project.index.wheel("lib", "1.0")
    finding = refused(project, "lib", **{"no-binary": ["lib"]})
    assert finding["why"] == "lib has no source distribution, and `no-binary` forbids its wheels"
    assert 'no-binary = ["lib"]' in edits(finding)


def test_an_index_that_replaces_pypi_is_named_with_its_line(project: Project) -> None:
    finding = refused(project, "nowhere")
    line = (project.root / "pyproject.toml").read_text().splitlines().index(f'index-url = "{project.index.url}"') + 1
    assert finding["why"] == f"{project.index.url} has no package nowhere; it replaces PyPI (pyproject.toml:{line})"
    assert finding["where"]["key"] == "project.dependencies[0]"


def test_all_indexes_that_were_asked_are_named(project: Project) -> None:
    extra = project.index.served.below("extra")
    finding = refused(project, "nowhere", **{"extra-index-urls": [extra], "index-url": project.index.url})
    assert f"none of the indexes has nowhere: {extra}, {project.index.url}" in finding["why"]


def test_an_index_of_a_requirement_is_named(project: Project) -> None:
    project.index.wheel("lib", "1.0")
    cuda = project.index.served.below("cuda")
    source = f"[tool.uv.sources]\nlib = {{ index = 'cuda' }}\n[[tool.uv.index]]\nname = 'cuda'\nurl = '{cuda}'\n"
    finding = refused(project, "lib", extra=f"{source}explicit = true\n")
    assert finding["why"] == f"the index that is named for lib, cuda ({cuda}), does not have it"


def test_python_is_not_a_pypi_package(project: Project) -> None:
    finding = refused(project, "python>=3.9")
    assert finding["why"] == "python is not a PyPI package: the interpreter comes from conda"
    assert "list it under `[dependencies]`" in finding["fix"]
    assert '[tool.pixi.dependencies] python = ">=3.9"' in edits(finding)


def test_wheels_for_other_platforms(project: Project) -> None:
    project.index.wheel("lib", "1.0", tag="cp311-cp311-win_amd64")
    finding = refused(project, "lib")
    assert finding["why"].startswith("lib has neither a wheel for Python 3.")
    assert finding["why"].endswith("nor a source distribution; there are wheels for win_amd64")
