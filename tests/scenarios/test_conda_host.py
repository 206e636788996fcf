"""Interlock as a plugin of a real conda: the one that ``CONDA_EXE`` names, or that is on ``PATH``.

It has to have the plugin: `BASE/bin/python -m pip install -e .` in the interpreter of conda's base environment. Where
there is none, these tests are skipped; ``tests/unit/hosts`` has those that need no conda.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from interlock_hooks.testing.result import Result
from interlock_hooks.testing.sdists import Backend
from kit.project import PYTHON, Project

CONDA = os.environ.get("CONDA_EXE") or shutil.which("conda") or ""

pytestmark = [pytest.mark.scenario, pytest.mark.skipif(not CONDA, reason="there is no conda")]

Conda = Callable[..., Result]


@pytest.fixture
def conda(project: Project, tmp_path: Path) -> Conda:
    """Runs conda in the project, with packages and environments of its own."""
    own = {
        "CONDA_ENVS_DIRS": str(tmp_path / "envs"),
        "CONDA_PKGS_DIRS": str(tmp_path / "pkgs"),
        "CONDA_NUMBER_CHANNEL_NOTICES": "0",
        # The channel has no pip.
        "CONDA_ADD_PIP_AS_PYTHON_DEPENDENCY": "false",
        # Another solver than conda's default may be all that is installed.
        **{name: value for name, value in os.environ.items() if name == "CONDA_SOLVER"},
    }

    def run(*args: str, **variables: str) -> Result:
        environment = project.environment({**own, **variables}, [Path(CONDA).parent])
        done = subprocess.run([CONDA, *args], cwd=project.root, env=environment, capture_output=True, text=True)
        return Result(("conda", *args), done.returncode, done.stdout, done.stderr)

    if run("interlock", "--version").code != 0:
        pytest.skip("this conda does not have Interlock as a plugin")
    return run


def test_conda_interlock_is_the_command(project: Project, conda: Conda) -> None:
    assert "conda interlock" in conda("interlock", "--help").ok().out
    project.declare("nowhere")
    failed = conda("interlock", "env", "lock", "--json", "-q")
    assert failed.failed(1, "IL3")
    assert conda("interlock", "env", "nonsense").code == 2


def test_an_environment_in_condas_hands(project: Project, conda: Conda, tmp_path: Path) -> None:
    channel, index = project.channel, project.index
    channel.add("tool", "1.0", files={"bin/tool": "#!/bin/sh\necho from the tool\n"})
    channel.add_distribution("base", "1.0", python=PYTHON)
    index.wheel("app", "1.0", requires=["base<2"])
    index.sdist("ext", "1.0", backend=Backend(imports=["base"]))
    extra = """
        [tool.pixi.activation.env]
        MINE = "100%"
        MADE = "$MINE more"

        [tool.uv.extra-build-dependencies]
        ext = [{ requirement = "base", match-runtime = true }]
    """
    project.declare("app", "ext", conda={"tool": "*", "base": "1.*"}, extra=extra)

    # Nothing is made in a dry run, and what cannot be solved leaves no half of an environment.
    foreseen = conda("env", "create", "--file", "pyproject.toml", "--dry-run").ok()
    assert "would install: 3 from conda, 2 from PyPI (1 to be built)" in foreseen.out
    envs = tmp_path / "envs"
    prefix = envs / "under-test"
    assert not prefix.exists()
    assert not project.lock_file.exists()

    made = conda("env", "create", "--file", "pyproject.toml")
    made.ok()
    assert "MADE" in made.err
    assert not project.prefix.exists()
    listed = {each["name"]: each for each in json.loads(conda("list", "-n", "under-test", "--json").ok().out)}
    assert {"python", "tool", "base", "app", "ext"} <= listed.keys()
    assert listed["app"]["channel"] == "pypi"
    shown = conda("run", "-n", "under-test", "sh", "-c", 'tool; echo "$MINE"; python -c "import app, ext, base"').ok()
    assert shown.out.split("\n")[:2] == ["from the tool", "100%"]

    # The lock goes out as it is, and an environment comes back from it; from another prefix there is none.
    exported = conda("export", "-n", "under-test", "--format", "interlock-lock").ok()
    assert exported.out == project.lock_file.read_text()
    lock = project.lock_file.read_bytes()
    again = conda("env", "create", "--file", "interlock.lock", "--name", "again", "--json").ok()
    assert again.json["actions"]["INTERLOCK"] == ["app 1.0", "ext 1.0"]
    assert project.lock_file.read_bytes() == lock
    conda("create", "--name", "other", "--yes").ok()
    assert "IL683" in conda("export", "-n", "other", "--format", "interlock-lock").err

    # Doctor.
    assert "Compiled code and requirements fit" in conda("doctor", "-n", "under-test", "interlock").ok().out
    assert "Interlock" not in conda("doctor", "-n", "other").ok().out
    moved = next((prefix / "lib").glob("python3.*/site-packages/app/__init__.py"))
    moved.rename(moved.with_suffix(".gone"))
    assert "IL561" in conda("doctor", "-n", "under-test").ok().out
    moved.with_suffix(".gone").rename(moved)

    # conda may add to it, but not take away what the rest relies on.
    channel.add_distribution("base", "1.5", python=PYTHON)
    channel.add_distribution("base", "2.0", python=PYTHON)
    channel.add_distribution("app", "9.0", python=PYTHON)
    channel.add("extra", "1.0")
    install = ("install", "-n", "under-test", "--yes", "--override-channels", "-c", channel.url)
    conda(*install, "extra").ok()
    for wanted, why in (
        ("base=2.0", "app 1.0 requires base<2"),
        ("base=1.5", "ext 1.0 was built against it"),
        ("app=9.0", "Interlock has installed app from PyPI"),
    ):
        refused = conda(*install, wanted)
        assert refused.code != 0
        assert "IL682" in refused.text
        assert why in refused.text
    # Neither from a list of packages, which conda does not solve.
    newer = next(channel.folder.glob("*/base-2.0-*")).as_uri()
    (tmp_path / "listed.txt").write_text(f"@EXPLICIT\n{newer}\n")
    listed_too = ("install", "-n", "under-test", "--yes", "--file", str(tmp_path / "listed.txt"))
    for checks in ("enabled", "disabled"):
        refused = conda(*listed_too, CONDA_SAFETY_CHECKS=checks)
        assert refused.code != 0
        assert "app 1.0 requires base<2" in refused.text
    assert json.loads(conda("list", "-n", "under-test", "base", "--json").ok().out)[0]["version"] == "1.0"
    conda(*install, "base=2.0", CONDA_PLUGINS_INTERLOCK_GUARD="false").ok()
    assert "IL683" in conda("export", "-n", "under-test", "--format", "interlock-lock").err

    # What the manifest says next, in the same place.
    conda("env", "update", "-n", "under-test", "--file", "pyproject.toml").ok()
    assert json.loads(conda("list", "-n", "under-test", "base", "--json").ok().out)[0]["version"] == "1.0"
    conda("env", "remove", "-n", "under-test", "--yes").ok()
    assert not prefix.exists()


def test_what_conda_cannot_make(project: Project, conda: Conda, tmp_path: Path) -> None:
    project.declare("nowhere")
    assert "IL3" in conda("env", "create", "--file", "pyproject.toml", "--dry-run").err
    failed = conda("env", "create", "--file", "pyproject.toml", "--json")
    assert failed.code == 1
    assert failed.json["findings"][0]["code"].startswith("IL3")
    assert not (tmp_path / "envs" / "under-test").exists()

    project.channel.add("tool", "1.0")
    project.declare(
        conda={"tool": "*"}, extra="[tool.pixi.environments]\nlean = { features = [], no-default-feature = true }\n"
    )
    channel = ("--override-channels", "-c", project.channel.url)
    mixed = conda("create", "-n", "mixed", "--yes", "--file", "pyproject.toml", *channel, "tool")
    assert mixed.code != 0
    assert "IL680" in mixed.text

    setting = {"CONDA_PLUGINS_INTERLOCK_ENVIRONMENT": "lean"}
    conda("env", "create", "--file", "pyproject.toml", **setting).ok()
    assert (tmp_path / "envs" / "under-test-lean" / "conda-meta" / "interlock").exists()
    unknown = conda("env", "create", "-n", "x", "--file", "pyproject.toml", CONDA_PLUGINS_INTERLOCK_ENVIRONMENT="lea")
    assert "IL112" in unknown.text
