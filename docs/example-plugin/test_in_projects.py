"""How to test a plugin at work: in projects whose packages the test makes up, through the real command line."""

from __future__ import annotations

import pytest

from interlock_hooks.testing import Project

RULES = """
[tool.interlock]
plugins = ["site-policy"]

[tool.interlock.site-policy]
refuse = ["leftpad"]
conda-constraints = ["policy <2"]
build-variables = { FROM_THE_SITE = "yes" }
"""


@pytest.fixture
def project(interlock_project: Project) -> Project:
    """A project; the conda package ``policy`` has two versions, and ``app`` requires what is refused."""
    interlock_project.channel.add("policy", "1.0")
    interlock_project.channel.add("policy", "2.0")
    interlock_project.index.wheel("leftpad", "1.0")
    interlock_project.index.wheel("app", "2.0", requires=["leftpad"])
    return interlock_project


def test_a_refused_package_is_not_locked(project: Project) -> None:
    project.declare("app", extra=RULES)
    finding = project.run("env", "lock", "--json").failed(1, "IL890")
    assert finding["what"] == "leftpad 1.0 is not allowed here"
    assert finding["why"].endswith("required by app 2.0")
    assert not project.lock_file.exists()


def test_it_does_nothing_where_it_is_not_named(project: Project) -> None:
    project.declare("app")
    project.make_lock().ok()
    assert project.locked() == {"app": "2.0", "leftpad": "1.0"}


def test_rules_reach_conda_and_builds(project: Project) -> None:
    project.index.sdist("ext", "1.0")
    project.declare("ext", conda={"policy": "*"}, extra=RULES)
    project.install().ok()
    assert project.conda_versions()["policy"] == "1.0"
    assert project.built("ext")["variables"]["FROM_THE_SITE"] == "yes"
