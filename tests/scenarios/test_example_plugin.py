"""The example plugin of the documentation: it installs as it is and does what its page says."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from uv import find_uv_bin

from kit.project import Project

pytestmark = pytest.mark.scenario

EXAMPLE = Path(__file__).parents[2] / "docs" / "example-plugin"
RULES = """
[tool.interlock]
plugins = ["site-policy"]

[tool.interlock.site-policy]
refuse = ["leftpad"]
conda-constraints = ["policy <2"]
build-variables = { FROM_THE_SITE = "yes" }
"""


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory into which the example was installed; setuptools, its build backend, is there without network."""
    folder = tmp_path_factory.mktemp("example")
    # A copy: setuptools writes into the tree that it builds.
    source = shutil.copytree(EXAMPLE, folder / "source", ignore=shutil.ignore_patterns("__pycache__"))
    command = [find_uv_bin(), "pip", "install", "--offline", "--no-config", "--no-deps", "--no-build-isolation"]
    where = ["--python", sys.executable, "--target", folder / "site"]
    done = subprocess.run([*command, *where, source], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "site"


@pytest.fixture
def site(project: Project, installed: Path) -> Project:
    """A project beside whose Interlock the example is installed."""
    shutil.copytree(installed, Path(project.environment()["PYTHONPATH"]), dirs_exist_ok=True)
    return project


def test_it_is_installed_but_does_not_run_until_it_is_named(site: Project) -> None:
    site.index.wheel("leftpad", "1.0")
    site.declare("leftpad")
    plugins = {info["name"]: info for info in site.run("plugins", "list", "--json").ok().json["plugins"]}
    assert plugins["site-policy"] == {
        "name": "site-policy",
        "distribution": "interlock-site-policy",
        "version": "1.0.0",
        "builtin": False,
        "enabled": False,
        "hooks": [],
    }
    site.make_lock().ok()


def test_it_is_listed_with_its_hooks_where_it_is_named(site: Project) -> None:
    site.declare(extra=RULES)
    plugins = {info["name"]: info for info in site.run("plugins", "list", "--json").ok().json["plugins"]}
    assert plugins["site-policy"]["enabled"] is True
    assert plugins["site-policy"]["hooks"] == [
        "interlock_build_variables",
        "interlock_check_resolution",
        "interlock_conda_request",
    ]


def test_it_refuses_packages(site: Project) -> None:
    site.index.wheel("leftpad", "1.0")
    site.index.wheel("app", "2.0", requires=["leftpad"])
    site.declare("app", extra=RULES)
    finding = site.make_lock().failed(1, "IL890")
    assert finding["what"] == "leftpad 1.0 is not allowed here"
    assert finding["why"].endswith("required by app 2.0")
    assert not site.lock_file.exists()


def test_it_restricts_conda_packages_and_sets_build_variables(site: Project) -> None:
    for version in ("1.0", "2.0"):
        site.channel.add("policy", version)
    site.index.sdist("ext", "1.0")
    site.declare("ext", conda={"policy": "*"}, extra=RULES)
    site.install().ok()
    assert site.conda_versions()["policy"] == "1.0"
    assert site.built("ext")["variables"]["FROM_THE_SITE"] == "yes"


def test_its_settings_are_checked(site: Project) -> None:
    site.declare(extra=RULES.replace("refuse", "refuses"))
    finding = site.make_lock().failed(1, "IL891")
    assert "refuses" in finding["what"]


def test_its_own_tests_pass(installed: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_site_policy.py"]
    done = subprocess.run(
        command,
        cwd=installed.parent / "source",
        env={"PYTHONPATH": str(installed), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout
