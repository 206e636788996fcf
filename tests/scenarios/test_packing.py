"""``env pack``: an environment that works where there is neither a project, a network nor Interlock."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path

import pytest

from interlock.install.fresh import STATE
from interlock_hooks.testing.sdists import Backend
from kit.project import Project

pytestmark = pytest.mark.scenario

_CHECK = """
import os, sys, app, ext
print(sys.prefix, os.environ["MODE"], os.environ["WHERE"], os.environ["SCRIPT"])
"""


def test_an_archive_works_elsewhere_after_the_project_is_gone(project: Project, tmp_path: Path) -> None:
    project.index.wheel("app", "1.0")
    project.index.sdist("ext", "1.0", backend=Backend(requires=["app"], imports=["app"]))
    project.write(
        "from setuptools import setup\nsetup(name='own', version='1.0', py_modules=['own'])\n", "own/setup.py"
    )
    project.write("", "own/own.py")
    project.write("export SCRIPT=$CONDA_PREFIX/script\n", "on.sh")
    extra = """
        [tool.pixi.pypi-dependencies]
        own = { path = "own", editable = true }
        [tool.pixi.activation]
        scripts = ["on.sh"]
        env = { MODE = 'fast "and" $5', WHERE = "$CONDA_PREFIX/data" }
    """
    project.declare("app", "ext", extra=extra.replace("$5", "quiet"))
    refused = project.run("env", "pack", "--json").failed(1, "IL671")
    assert "own" in refused["what"]
    assert project.run("env", "pack", "-o", "x.rar", "--json").failed(1, "IL670")["fix"].endswith(".tar or .zip")
    packed = project.run("env", "pack", "--without-editable", "-o", "env.tar.gz", "--json").ok()
    assert [finding["code"] for finding in packed.findings] == ["IL672"]
    archive = project.root / packed.json["file"]
    assert archive.stat().st_size == packed.json["size"]
    project.lock_file.touch()
    assert archive.stat().st_mode == project.lock_file.stat().st_mode

    state = project.prefix / STATE
    complete = state.read_text()
    state.write_text(complete.replace('"complete": true', '"complete": false'))
    refused = project.run("env", "pack", "--no-install", "--without-editable", "-o", "half.tar.gz", "--json")
    assert "was interrupted" in refused.failed(1, "IL673")["why"]
    assert not (project.root / "half.tar.gz").exists()

    target = tmp_path / "else where"
    with tarfile.open(archive) as found:
        names = found.getnames()
        found.extractall(target, filter="fully_trusted")
    assert not [name for name in names if "own" in name and "site-packages" in name]
    assert "conda-meta/interlock" not in names
    project.root.rename(tmp_path / "gone")
    script = f". bin/activate && conda-unpack && python -c '{_CHECK}'"
    done = subprocess.run(
        ["bash", "-c", script], cwd=target, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == f'{target} fast "and" quiet {target}/data {target}/script'
