"""Sdists of all ages: undeclared requirements, odd backends, tools that are too new for them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kit.real import RealProject

pytestmark = pytest.mark.realworld


PESQ = """
[tool.uv.extra-build-dependencies]
pesq = [{ requirement = "numpy", match-runtime = true }, "cython"]
"""


def test_a_matched_build_runs_against_the_numpy_of_the_environment(real: RealProject) -> None:
    real.declare("numpy", "pesq", extra=PESQ)
    (built,) = real.run("install").ok().json["built"]
    assert (built["mode"], "numpy" in built["imports"]) == ("matched", True)
    code = "import numpy, pesq; print(pesq.pesq(16000, *[numpy.sin(numpy.arange(32000.) * .1) * 9000] * 2, 'wb') > 4)"
    assert real.python(code) == "True"


@pytest.mark.parametrize(
    ("requirement", "code", "needs"),
    [
        ("chumpy", "import importlib.util as u; u.find_spec('chumpy').name", "pip"),
        ("sparsesvd", "import sparsesvd", "cython"),
        ("pyyaml==5.4.1", "import yaml; assert yaml.safe_load('[1]') == [1]", "cython<3"),
    ],
)
def test_what_is_not_declared_is_found(real: RealProject, requirement: str, code: str, needs: str) -> None:
    real.declare(requirement)
    result = real.run("install").ok()
    real.python(code)
    (note,) = [finding for finding in result.findings if finding["code"] == "IL450"]
    assert needs in note["what"]


def test_madmom_locks_without_any_configuration(real: RealProject) -> None:
    real.declare("madmom")
    result = real.run("lock").ok()
    plan = real.plan("madmom")
    assert {"requirement": "cython", "origin": "discovery"} in plan["requirements"]
    assert {"requirement": "numpy", "match-runtime": True, "origin": "discovery"} in plan["requirements"]
    assert 'madmom = ["cython", { requirement = "numpy", match-runtime = true }]' in str(result.findings)


@pytest.mark.parametrize(
    ("requirement", "module"),
    [
        ("attrs", "attrs"),  # hatchling with plugins
        ("idna", "idna"),  # flit
        ("tomli", "tomli"),  # flit, needed by other backends themselves
        ("pathspec", "pathspec"),  # a build requirement of hatchling
        ("zipp", "zipp"),  # setuptools-scm with plugins
        ("rich", "rich"),  # poetry
        ("iniconfig", "iniconfig"),  # hatchling, version from the source control system
        ("markupsafe", "markupsafe"),  # setuptools with an extension module
        ("docopt", "docopt"),  # setup.py alone
        ("pyproject-metadata", "pyproject_metadata"),
    ],
)
def test_sdists_of_any_backend_are_built_in_isolation_from_the_lock(
    real: RealProject, requirement: str, module: str
) -> None:
    real.declare(requirement, pypi_options={"no-binary": [requirement]})
    (built,) = [wheel for wheel in real.run("install").ok().json["built"] if wheel["name"] == requirement]
    assert built["mode"] == "isolated"
    real.python(f"import {module}")
    overlay = real.plan(requirement)["overlay"]

    real.forget()
    (again,) = [wheel for wheel in real.run("install", "--frozen").ok().json["built"] if wheel["name"] == requirement]
    assert again["from_store"] is False
    with Path(again["log"]).open(encoding="utf-8") as log:
        held = next(line for line in log if line.startswith("# backend")).partition("build environment: ")[2]
    names = [package.rpartition(" ")[0] for package in held.strip().split(", ")]
    assert len(names) == len(overlay)
    for package, file in zip(names, sorted(overlay), strict=True):
        assert str(file).lower().replace("_", "-").startswith(package.replace("_", "-"))


def test_a_build_that_runs_pip_gets_what_that_would_install(real: RealProject) -> None:
    real.declare("soft-dtw==0.1.6", extra="[tool.uv]\noverride-dependencies = [\"chainer; python_version < '0'\"]\n")
    real.run("install").ok()
    requirements = {entry["requirement"] for entry in real.plan("soft-dtw")["requirements"]}
    assert requirements >= {"numpy", "cython", "pip"}


@pytest.mark.skipif(shutil.which("swig", path="/usr/bin:/bin") is not None, reason="the system has swig")
@pytest.mark.slow
def test_a_missing_program_is_found(real: RealProject) -> None:
    real.declare("box2d-py")
    real.run("install").ok()
    real.python("import Box2D")
    assert {"requirement": "swig", "origin": "discovery"} in real.plan("box2d-py")["requirements"]


def test_a_failure_shows_its_cause(real: RealProject) -> None:
    real.declare("sklearn==0.0.post12")
    finding = real.run("lock").failed(3, "IL430")
    assert "scikit-learn" in "\n".join(finding["details"])
