"""Extras of packages that conda supplies: what they require comes from PyPI, and nothing of conda's is touched."""

from __future__ import annotations

import pytest

from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario

TESTING = {"testing": ["sel>=4", "waits[slow]; python_version >= '3'"], "all": ["dsh[testing]", "more"]}


@pytest.fixture
def dashed(project: Project) -> Project:
    """conda has dsh, whose extras need packages that only PyPI has; PyPI has a dsh as well."""
    project.channel.add_distribution("dsh", "4.3", python=PYTHON, requires=["core-of-it"], extras=TESTING)
    project.index.wheel("dsh", "4.3", extras={"testing": ["wrong"]})
    project.index.wheel("dsh", "5.0")
    for name, version in (("sel", "3.0"), ("sel", "4.1"), ("more", "1.0"), ("wrong", "1.0"), ("slowly", "1.0")):
        project.index.wheel(name, version)
    project.index.wheel("waits", "1.0", extras={"slow": ["slowly"]})
    return project


def test_what_an_extra_requires_comes_from_pypi(dashed: Project) -> None:
    dashed.declare("dsh[testing]", conda={"dsh": "*"})
    done = dashed.install().ok()
    assert done.findings == []
    assert dashed.versions() == {"dsh": "4.3", "sel": "4.1", "waits": "1.0", "slowly": "1.0"}
    assert dashed.python("import dsh; print(dsh.origin)") == "conda"
    dashed.run("env", "doctor").ok()
    why = dashed.run("env", "why", "sel").ok().text
    assert "dsh" in why
    assert "sel>=4" in why
    # The next lock knows it still, and the next install leaves it.
    dashed.run("env", "lock", "--check").ok()
    before = dashed.snapshot()
    dashed.install().ok()
    assert dashed.snapshot() == before


def test_extras_that_other_packages_and_other_extras_ask_for(dashed: Project) -> None:
    dashed.index.wheel("app", "1.0", requires=["dsh[all]>=4"])
    dashed.declare("app", conda={"dsh": "*"})
    done = dashed.make_lock().ok()
    assert done.findings == []
    assert dashed.locked() == {"app": "1.0", "sel": "4.1", "more": "1.0", "waits": "1.0", "slowly": "1.0"}


def test_an_extra_changes_what_conda_supplies(dashed: Project) -> None:
    for version in ("3.0", "4.5"):
        dashed.channel.add_distribution("sel", version, python=PYTHON)
    dashed.channel.add_distribution("old", "1.0", python=PYTHON, depends=["sel <4"])
    dashed.channel.add_distribution("old", "0.9", python=PYTHON, depends=["sel"])
    dashed.declare("dsh[testing]", conda={"dsh": "*", "old": "*"})
    dashed.make_lock().ok()
    records = {record["name"]: record["version"] for record in dashed.lock["conda"]}
    assert (records["old"], records["sel"]) == ("0.9", "4.5")
    assert dashed.locked() == {"waits": "1.0", "slowly": "1.0"}


def test_the_version_whose_extra_can_be_had(project: Project) -> None:
    for version, needed in (("4.3", "sel>=4"), ("4.2", "sel>=4"), ("4.1", "sel>=3")):
        project.channel.add_distribution("dsh", version, python=PYTHON, extras={"testing": [needed]})
    project.index.wheel("sel", "3.0")
    project.declare("dsh[testing]", conda={"dsh": "*"})
    done = project.make_lock().ok()
    assert {record["name"]: record["version"] for record in project.lock["conda"]}["dsh"] == "4.1"
    assert project.locked() == {"sel": "3.0"}
    assert [each["code"] for each in done.findings] == ["IL332"]


def test_an_extra_that_a_package_does_not_have(dashed: Project) -> None:
    dashed.index.wheel("app", "1.0", requires=["more[nope]"])
    dashed.declare("dsh[tasting]", "app", conda={"dsh": "*"})
    done = dashed.make_lock().ok()
    assert [(each["code"], each["severity"]) for each in done.findings] == [("IL351", "warning")] * 2
    said = {each["what"]: each for each in done.findings}
    own = said["dsh 4.3 (from the conda package dsh) has no extra named 'tasting'"]
    assert own["where"]["line"]
    assert said["more 1.0 has no extra named 'nope'"]["why"] == "app 1.0 requires more[nope]"
    assert "stubs" not in done.text


def test_a_version_that_is_not_used_is_not_warned_of(project: Project) -> None:
    """The newest version lacks the extra, but does not admit the interpreter."""
    project.index.wheel("app", "2.0", requires_python=f"<{PYTHON}")
    project.index.wheel("app", "1.0", extras={"more": ["sel"]})
    project.index.wheel("sel", "4.1")
    project.declare("app[more]")
    done = project.make_lock().ok()
    assert project.locked() == {"app": "1.0", "sel": "4.1"}
    assert "IL351" not in [each["code"] for each in done.findings]


def test_a_package_without_metadata_cannot_tell_its_extras(project: Project) -> None:
    project.index.wheel("sel", "4.1")
    project.channel.add("dsh", "4.3", depends=[f"python {PYTHON}.*"], purls=["dsh"], files={"share/dsh": "x"})
    project.declare("dsh[testing]", conda={"dsh": "*"})
    finding = project.make_lock().failed(1, "IL247")
    assert "dsh[testing]" in finding["what"]
    declared = """
        [[tool.uv.dependency-metadata]]
        name = "dsh"
        requires-dist = ["sel>=4 ; extra == 'testing'"]
        provides-extra = ["testing"]
    """
    project.declare("dsh[testing]", conda={"dsh": "*"}, extra=declared)
    project.make_lock().ok()
    assert project.locked() == {"sel": "4.1"}
