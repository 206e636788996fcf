"""New shells in a terminal, with the user's files: bash is everywhere, the others where this machine has them."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from interlock.engines.shells import interactive
from interlock.engines.shells.interactive import start_shell
from interlock.engines.shells.known import Shell
from interlock_hooks.types import InterlockError
from kit.terminal import Terminal

START = """
import os, sys
from interlock.engines.shells.changes import Change
from interlock.engines.shells.interactive import start_shell
from interlock.engines.shells.known import Shell
from interlock.engines.shells.scripts import activation_script
name, program = sys.argv[1:]
changes = [Change("PATH", "/p/bin:/usr/bin", "/p/bin"), Change("MINE", "it's")]
start_shell(Shell(name, program), activation_script(name, changes, prompt="(p:gpu) "), dict(os.environ))
"""
# Each sets what a program sees, what it would not, PATH, and a variable that activation changes.
FILES = {
    "bash": {".bashrc": 'export MINE=theirs RC=read PATH="/rc/bin:$PATH"; PS1="at> "\n'},
    "zsh": {
        ".zshenv": 'export ENV=read; export ZDOTDIR="$HOME/z"\n',
        "z/.zshrc": 'export MINE=theirs RC=read PATH="/rc/bin:$PATH"; PS1="at> "\n',
    },
    "fish": {
        ".config/fish/config.fish": "set -gx MINE theirs; set -gx RC read; set -gx PATH /rc/bin $PATH\n"
        "function fish_prompt; printf 'at> '; end; set -g fish_greeting\n"
    },
}

shells = pytest.mark.parametrize(
    "shell", [pytest.param(s, marks=pytest.mark.skipif(not shutil.which(s), reason=f"no {s}")) for s in FILES]
)


def start(shell: str, home: Path, **variables: str) -> Terminal:
    for name, text in FILES[shell].items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (home / "tmp").mkdir()
    env = {
        "HOME": str(home),
        "PATH": "/usr/bin:/bin",
        "TMPDIR": str(home / "tmp"),
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join(sys.path),
        **variables,
    }
    program = shutil.which(shell)
    assert program is not None
    return Terminal([sys.executable, "-c", START, shell, program], env=env, cwd=home)


@shells
def test_a_shell_reads_the_users_files_and_then_activates(shell: str, tmp_path: Path) -> None:
    terminal = start(shell, tmp_path)
    terminal.wait_for(r"\(p:gpu\) at> ")
    terminal.type('echo "[$RC|$MINE|$PATH]"')
    assert terminal.wait_for(r"^\[(read.*)\]$").group(1) == "read|it's|/p/bin:/rc/bin:/usr/bin:/bin"
    assert list((tmp_path / "tmp").glob("interlock-*")) == []
    terminal.type("sh -c 'kill -INT $$'")
    terminal.wait_for(r"\(p:gpu\) at> ")
    terminal.type('interlock_deactivate; echo "[$MINE]"')
    terminal.wait_for(r"^\[theirs\]$")
    assert "p:gpu" not in terminal.wait_for(r"^.*at> ").group()
    terminal.type("exit 7")
    assert terminal.wait() == 7


@pytest.mark.skipif(not shutil.which("zsh"), reason="no zsh")
@pytest.mark.parametrize("given", [{}, {"ZDOTDIR": "given"}])
def test_zsh_finds_its_files_where_they_are(given: dict[str, str], tmp_path: Path) -> None:
    """By a variable that the environment has, or one that a file sets; and this is as it was in the end."""
    if given:
        given = {"ZDOTDIR": str(tmp_path / "given")}
        (tmp_path / "given").mkdir()
        (tmp_path / "given" / ".zshenv").write_text(f'export ENV=given ZDOTDIR="{tmp_path}/z"\n')
    terminal = start("zsh", tmp_path, **given)
    terminal.wait_for(r"\(p:gpu\) at> ")
    terminal.type("sh -c 'echo \"[$ENV|$RC|$ZDOTDIR]\"'")
    expected = "given" if given else "read"
    assert terminal.wait_for(r"^\[(.*)\]$").group(1) == f"{expected}|read|{tmp_path}/z"
    terminal.type("exit")
    assert terminal.wait() == 0


def test_a_shell_that_cannot_be_started_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interactive.tempfile, "tempdir", str(tmp_path))
    with pytest.raises(InterlockError) as error:
        start_shell(Shell("bash", "/surely/missing"), "", {})
    assert [finding.code for finding in error.value.findings] == ["IL195"]
    assert list(tmp_path.iterdir()) == []


def test_a_zsh_that_is_led_elsewhere_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As by a system file with ``export ZDOTDIR=$HOME/.config/zsh``."""
    monkeypatch.setattr(interactive.tempfile, "tempdir", str(tmp_path))
    program = tmp_path / "zsh"
    program.write_text("#!/bin/sh\nprintf /home/me/.config/zsh\n")
    program.chmod(0o755)
    with pytest.raises(InterlockError) as error:
        start_shell(Shell("zsh", str(program)), "", {})
    (finding,) = error.value.findings
    assert finding.code == "IL198"
    assert "/home/me/.config/zsh" in finding.why
    assert list(tmp_path.iterdir()) == [program]
