"""``env shell`` and ``env shell-hook`` in an environment that is there, through the real command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from interlock.engines.shells import known
from interlock.engines.shells.known import Shell
from interlock.project.shells import interactive_shell, scripted_shell
from interlock_hooks.types import InterlockError
from kit.terminal import Terminal

PROGRAMS = Path(sys.executable).parent
MANIFEST = """
[workspace]
name = "demo"
channels = []
platforms = ["linux-64", "linux-aarch64"]

[activation.env]
MINE = "it's $HOME"

[environments]
gpu = []
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("default", "gpu"):
        (tmp_path / ".interlock" / "envs" / name / "conda-meta").mkdir(parents=True)
    (tmp_path / "pixi.toml").write_text(MANIFEST)
    (tmp_path / ".bashrc").write_text("PS1='at> '\n")
    return tmp_path


def environment(root: Path) -> dict[str, str]:
    return {"HOME": str(root), "PATH": f"{PROGRAMS}:/usr/bin:/bin", "LANG": "C.UTF-8", "TMPDIR": str(root)}


def run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=root, env=environment(root), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def test_a_shell_in_an_environment_and_one_inside(root: Path) -> None:
    shell = shutil.which("bash")
    assert shell is not None
    terminal = Terminal([shell, "-i"], env=environment(root), cwd=root)
    terminal.type("interlock env shell --no-install")
    terminal.wait_for(r"\(demo\) at> ")
    terminal.type('echo "[$CONDA_PREFIX|$MINE]"')
    prefix = root / ".interlock" / "envs" / "default"
    assert terminal.wait_for(r"^\[(/.*)\]$").group(1) == f"{prefix}|it's {root}"
    terminal.type("interlock env shell --no-install -e gpu")
    terminal.wait_for(r"IL199\]: environment demo is active")
    terminal.wait_for(r"\(demo:gpu\) at> ")
    terminal.type('echo "[$PATH]"')
    assert terminal.wait_for(r"^\[(/.*)\]$").group(1) == f"{prefix.parent / 'gpu'}/bin:{PROGRAMS}:/usr/bin:/bin"
    terminal.type("exit 4")
    terminal.wait_for(r"\(demo\) at> ")
    terminal.type('echo "[$?]"; exit')
    terminal.wait_for(r"^\[4\]$")
    terminal.type('echo "[${CONDA_PREFIX-none}]"; exit')
    terminal.wait_for(r"^\[none\]$")
    assert terminal.wait() == 0


def test_a_script_for_this_shell(root: Path) -> None:
    shown = run(
        root,
        "bash",
        "-c",
        'eval "$(interlock env shell-hook --no-install)"; echo "$MINE"; interlock_deactivate; echo $MINE',
    )
    assert (shown.stdout, shown.stderr) == (f"it's {root}\n\n", "")


def test_the_variables_as_pixi_calls_them(root: Path) -> None:
    document = json.loads(run(root, "interlock", "env", "shell-hook", "--no-install", "--json").stdout)
    variables = document["environment_variables"]
    assert variables["MINE"] == f"it's {root}"
    assert variables["CONDA_PREFIX"] == str(root / ".interlock" / "envs" / "default")
    assert "HOME" not in variables, "what stays as it is"
    assert document["unset_variables"] == []


def test_a_script_that_is_kept_has_what_was_right_by_chance(root: Path) -> None:
    """Wherever it is made: in the environment itself, or where a variable has the value already."""
    hook = ("interlock", "env", "shell-hook", "--no-install", "--shell", "sh")
    script = run(root, *hook).stdout
    inside = run(root, "interlock", "env", "run", "--no-install", "--", *hook).stdout
    chance = run(root, "env", f"MINE=it's {root}", "CONDA_SHLVL=1", *hook).stdout
    assert script == inside == chance
    assert "export MINE=" in script


def test_a_program_in_an_environment_can_run_one_in_another(root: Path) -> None:
    nested = (
        "interlock",
        "env",
        "run",
        "--no-install",
        "-e",
        "gpu",
        "--",
        "sh",
        "-c",
        'echo "$PATH|$CONDA_DEFAULT_ENV"',
    )
    shown = run(root, "interlock", "env", "run", "--no-install", "--", *nested).stdout
    path = f"{root}/.interlock/envs/gpu/bin:{PROGRAMS}:/usr/bin:/bin"
    assert shown == f"{path}|demo:gpu\n"


def test_without_a_terminal_there_is_no_shell(root: Path) -> None:
    done = run(root, "interlock", "env", "shell", "--no-install", "--json")
    assert done.returncode == 2
    assert [finding["code"] for finding in json.loads(done.stdout)["findings"]] == ["IL196"]


def test_the_shell_around_is_found(root: Path) -> None:
    code = f'"{sys.executable}" -c "from interlock.project.shells import scripted_shell as s; print(s(None))"; true'
    found = [run(root, *shell, "-c", code).stdout.strip() for shell in (["bash"], ["sh"])]
    assert found == ["bash", "sh"]


def refused(function, name: str | None) -> str:
    with pytest.raises(InterlockError) as error:
        function(name)
    (finding,) = error.value.findings
    assert finding.code == "IL197"
    return finding.what


def test_a_shell_that_is_not_supported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interlock.project.shells.calling_shell", lambda: Shell("tcsh", "/bin/tcsh"))
    monkeypatch.setattr(os, "isatty", lambda _: True)
    assert "tcsh" in refused(scripted_shell, None)
    assert "tcsh" in refused(interactive_shell, None)
    monkeypatch.setattr("interlock.project.shells.calling_shell", lambda: None)
    assert "unknown" in refused(scripted_shell, None)
    monkeypatch.setattr(known.shutil, "which", lambda _: None)
    monkeypatch.setenv("SHELL", "/bin/sh")
    assert "fish" in refused(interactive_shell, "fish")
    assert scripted_shell("fish") == "fish"
