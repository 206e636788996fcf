"""What a user is told when there is no solution: from the lines of the manifest to the clash, and what would help."""

from __future__ import annotations

from typing import Any

import pytest

from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario


def derived(finding: dict[str, Any]) -> list[str]:
    """The derivation as lines, each with its side."""
    return [f"{step['side']}: {step['text']}" for step in finding["derivation"]]


def lines_of(project: Project, finding: dict[str, Any]) -> list[str]:
    """The lines of the manifest that the derivation refers to."""
    manifest = (project.root / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    return [manifest[step["where"]["line"] - 1].strip(" ,") for step in finding["derivation"] if step["where"]]


def test_conda_packages_exclude_each_other(project: Project) -> None:
    for version in ("1.0", "2.0"):
        project.channel.add("base", version)
    project.channel.add("old", "1.0", depends=["base <2"])
    project.channel.add("middle", "1.0", depends=["old"])
    project.channel.add("unrelated", "1.0")
    project.declare(conda={"unrelated": "*", "middle": "*", "base": ">=2"})
    finding = project.make_lock().failed(1, "IL210")
    assert derived(finding) == [
        "conda: the manifest asks for base >=2",
        "conda: the manifest asks for middle",
        "conda: middle 1.0 needs old",
        "conda: old 1.0 needs base <2",
        "conda: base: no version is both >=2 and <2",
    ]
    assert lines_of(project, finding) == ['base = ">=2"', 'middle = "*"']
    assert not project.lock_file.exists()


def test_pypi_packages_exclude_each_other(project: Project) -> None:
    for version in ("1.0", "2.0"):
        project.index.wheel("base", version)
    project.index.wheel("lib", "1.0", requires=["base<2"])
    project.index.wheel("app", "1.0", requires=["lib"])
    project.index.wheel("unrelated", "1.0")
    project.declare("unrelated", "app", "base>=2")
    finding = project.make_lock().failed(1, "IL310")
    assert derived(finding) == [
        "PyPI: the manifest asks for base >=2",
        "PyPI: the manifest asks for app",
        "PyPI: app 1.0 needs lib",
        "PyPI: lib 1.0 needs base <2",
        "PyPI: base: no version is both >=2 and <2",
    ]
    assert lines_of(project, finding) == ['"base>=2"', '"app"']
    assert finding["edits"][0]["new"] == '"base>=1.0,<2"'


def test_conda_and_pypi_packages_exclude_each_other(project: Project) -> None:
    for version in ("1.26", "2.1"):
        project.channel.add_distribution("numpy", version, python=PYTHON)
    project.channel.add("tool", "1.0")
    project.channel.add("tool", "2.0", depends=["numpy >=2"])
    project.index.wheel("numpy", "1.26")
    project.index.wheel("lib", "1.0", requires=["numpy<2"])
    project.index.wheel("app", "1.0", requires=["lib"])
    project.index.wheel("unrelated", "1.0")
    project.declare("unrelated", "app", conda={"tool": ">=2"})
    done = project.make_lock()
    text = done.err
    assert "conda   the manifest asks for tool >=2  (pyproject.toml:" in text
    assert "conda   tool 2.0 needs numpy >=2" in text
    assert "PyPI    lib 1.0 needs numpy <2" in text
    assert "No solution found when resolving" not in text
    edit = done.failed(1, "IL230")["edits"][0]
    assert (edit["old"], edit["new"]) == ('tool = ">=2"', 'tool = ">=1.0,<2"')
    # What was said to work does.
    manifest = (project.root / "pyproject.toml").read_text(encoding="utf-8")
    project.write(manifest.replace(edit["old"], edit["new"]))
    project.make_lock().ok()
