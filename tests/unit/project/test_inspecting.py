"""Graphs of real lock files, with manifests that answer them, do not, or cannot be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from interlock.lock.model import Lock
from interlock.lock.writer import write
from interlock.project.inspecting import inspect
from interlock_hooks.types import InterlockError, LockedEnvironment, Severity
from kit.locked import locked, record, wheel

MANIFEST = """\
[project]
name = "p"
requires-python = ">=3.11"
dependencies = ["app>=1", "tomli; python_version < '3.11'"]

[tool.pixi.workspace]
channels = ["conda-forge"]
platforms = ["linux-64"]

[tool.pixi.dependencies]
python = "*"
numpy = ">=2"
"""
ENVIRONMENT = locked(
    record("python 3.12.7"), record("numpy 2.1"), pypi=[wheel("app 1.0", "numpy")], provides={"numpy 2.1": "numpy"}
)


def lock(root: Path, *environments: LockedEnvironment, digest: str = "0" * 64) -> None:
    made = Lock()
    for environment in environments:
        made = made.with_environment(environment, digest=digest)
    write(root / "interlock.lock", made, root=root)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text(MANIFEST)
    lock(tmp_path, ENVIRONMENT)
    return tmp_path


def test_the_lines_are_those_of_the_manifest_whose_markers_hold(root: Path) -> None:
    made = inspect("default", "linux-64").graph
    assert made.lines is not None
    assert [line.sentence for line in made.lines.values()] == [
        "pyproject.toml:11 asks for python",
        "pyproject.toml:12 asks for numpy >=2",
        "pyproject.toml:4 asks for app>=1",
    ]


def test_what_the_manifest_leaves_to_pypi_is_asked_of_pypi(root: Path) -> None:
    (root / "pyproject.toml").write_text(f'{MANIFEST}\n[tool.interlock.solve]\nfrom-pypi = ["numpy"]\n')
    lock(root, locked(record("python 3.12.7"), pypi=[wheel("app 1.0", "numpy"), wheel("numpy 2.1")]))
    made = inspect("default", "linux-64").graph
    assert [edge.range for edge in made.above["pypi:numpy"]] == ["numpy>=2", "numpy"]


def test_a_lock_that_does_not_answer_the_manifest_is_shown_with_a_warning(root: Path) -> None:
    (finding,) = inspect("default", "linux-64").findings
    assert (finding.code, finding.severity) == ("IL621", Severity.WARNING)


def test_a_broken_manifest_leaves_the_lock(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "pyproject.toml").write_text(MANIFEST.replace('">=2"', '">>2"'))
    (root / "below").mkdir()
    monkeypatch.chdir(root / "below")
    inspected = inspect("default", "linux-64")
    assert inspected.graph.lines is None
    (finding,) = inspected.findings
    assert (finding.code, finding.severity) == ("IL622", Severity.WARNING)
    assert finding.where is not None
    assert finding.where.line == 12
    (root / "pyproject.toml").write_text("[project\n")
    assert inspect("default", "linux-64").findings[0].why.startswith("IL103: pyproject.toml is not valid TOML")
    (root / "interlock.lock").unlink()
    with pytest.raises(InterlockError, match="not valid TOML"):
        inspect("default", "linux-64")


def test_a_dependency_that_cannot_be_had_now_leaves_the_lock(root: Path) -> None:
    (root / "pyproject.toml").write_text(f'{MANIFEST}\n[tool.pixi.pypi-dependencies]\nlib = {{ path = "gone" }}\n')
    inspected = inspect("default", "linux-64")
    assert inspected.graph.lines is None
    (finding,) = inspected.findings
    assert (finding.code, finding.why) == ("IL622", "IL120: 'gone' does not exist")
    with pytest.raises(InterlockError, match="does not support the platform"):
        inspect("default", "osx-arm64")


def test_what_is_not_locked(root: Path) -> None:
    (root / "interlock.lock").unlink()
    with pytest.raises(InterlockError) as caught:
        inspect("default", "linux-64")
    assert caught.value.findings[0].code == "IL605"
    with pytest.raises(InterlockError) as caught:
        inspect("tset", "linux-64")
    assert caught.value.findings[0].code == "IL112"


def test_without_a_platform_one_that_is_locked_is_shown(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interlock.project.platforms.current_platform", lambda: "osx-arm64")
    assert inspect("default").graph.platform == "linux-64"


def test_a_package_of_another_environment_is_found_there(root: Path) -> None:
    lock(root, ENVIRONMENT, locked(record("pytest 8.0"), name="test"))
    with pytest.raises(InterlockError) as caught:
        inspect("default", "linux-64").find("pytest")
    assert caught.value.findings[0].fix == "add `-e test`"


def test_the_rule_that_names_a_record_with_its_line(root: Path) -> None:
    inspected = inspect("default", "linux-64")
    (numpy,) = inspected.find("numpy")
    origin = inspected.origin(numpy, numpy.provides[0])
    assert origin is not None
    assert (origin.rule, origin.where) == ("purl", None)
    inline = replace(numpy.provides[0], rule="inline")
    own = '[tool.pixi.workspace.conda-pypi-map]\n"https://channels.example/main" = { mapping = { numpy = "numpy" } }\n'
    manifest = MANIFEST.replace('"conda-forge"', '"https://channels.example/main"')
    (root / "pyproject.toml").write_text(f"{manifest}\n{own}")
    located = inspect("default", "linux-64").origin(numpy, inline)
    assert located is not None
    assert located.where is not None
    assert located.where.line == 15
    assert inspected.origin(numpy, replace(inline, rule=None)) is None
