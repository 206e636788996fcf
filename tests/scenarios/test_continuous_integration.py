"""The GitHub Action and the hook for pre-commit: their commands, run in order."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from kit.project import Project

pytestmark = pytest.mark.scenario

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "recipes/github/action.yml").read_text(encoding="utf-8"))
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


def test_an_action_installs_and_activates_and_a_hook_checks(project: Project, tmp_path: Path) -> None:
    project.index.wheel("app", "1.0")
    project.declare("app", extra='[tool.pixi.activation.env]\nLINES = """one\ntwo"""\n')
    assert project.run(*HOOK["entry"].split()[1:]).code == 1
    project.make_lock().ok()
    assert project.run(*HOOK["entry"].split()[1:]).code == 0

    inputs = {name: entry["default"] for name, entry in ACTION["inputs"].items()}
    programs, variables = tmp_path / "bin", tmp_path / "variables"
    programs.mkdir()
    programs.joinpath("pip").symlink_to("/bin/true")
    for step in ACTION["runs"]["steps"]:
        if "run" in step:
            given = {name: _filled(value, inputs) for name, value in step["env"].items()}
            environment = project.environment(
                {**given, "GITHUB_ENV": str(variables)}, [programs, Path(sys.executable).parent]
            )
            subprocess.run(["bash", "-e", "-c", step["run"]], cwd=project.root, env=environment, check=True)
    blocks = re.findall(r"^(\w+)<<(\w+)\n(.*?)\n\2$", variables.read_text(), flags=re.MULTILINE | re.DOTALL)
    found = {name: value for name, _, value in blocks}
    assert found["LINES"] == "one\ntwo"
    program = "import app, sys; print(sys.prefix)"
    done = subprocess.run(["python", "-c", program], env=found, stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.strip() == found["CONDA_PREFIX"]


def _filled(text: str, inputs: dict[str, str]) -> str:
    return re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: inputs[match[1]], text)
