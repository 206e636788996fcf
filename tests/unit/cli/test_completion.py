"""What the shells complete; bash is everywhere, the others where this machine has them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kit.terminal import Terminal

PROGRAMS = Path(sys.executable).parent
MANIFEST = '[workspace]\nname = "p"\nchannels = []\nplatforms = ["linux-64"]\n[environments]\ngpu = []\ngeo = []\n'
# What bash does for a TAB.
ASK = """
source <(interlock completion --shell bash)
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9
read -ra COMP_WORDS <<< "$1"
function=$(complete -p interlock | sed -E 's/.*-F ([^ ]+).*/\\1/')
$function interlock
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "pixi.toml").write_text(MANIFEST)
    return tmp_path


def environment(root: Path) -> dict[str, str]:
    return {"HOME": str(root), "PATH": f"{PROGRAMS}:/usr/bin:/bin", "LANG": "C.UTF-8"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("interlock env in", ["info", "install"]),
        ("interlock comp", ["completion"]),
        ("interlock env install --locke", ["--locked"]),
        ("interlock env run -e g", ["geo", "gpu"]),
        ("interlock env shell --shell f", ["fish"]),
        ("interlock cache prune --days ", [""]),
    ],
)
def test_bash_completes(line: str, expected: list[str], root: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", ASK, "bash", line], cwd=root, env=environment(root), capture_output=True, text=True, check=True
    )
    assert sorted(word.strip() for word in done.stdout.removesuffix("\n").split("\n")) == expected
    assert done.stderr == ""


def test_a_broken_manifest_has_no_names(root: Path) -> None:
    (root / "pixi.toml").write_text("[workspace")
    done = subprocess.run(
        ["bash", "-c", ASK, "bash", "interlock env run -e g"],
        cwd=root,
        env=environment(root),
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout.strip(), done.stderr) == ("", "")


@pytest.mark.parametrize(
    ("shell", "file", "text"),
    [
        ("bash", ".bashrc", 'eval "$(interlock completion --shell bash)"; PS1="at> "'),
        ("zsh", ".zshrc", 'autoload -U compinit; compinit -u; eval "$(interlock completion)"; PS1="at> "'),
        (
            "fish",
            ".config/fish/config.fish",
            "interlock completion --shell fish | source; function fish_prompt; printf 'at> '; end",
        ),
    ],
)
def test_a_tab_completes(shell: str, file: str, text: str, root: Path) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"no {shell}")
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(f"{text}\n")
    terminal = Terminal([program, "-i"], env=environment(root), cwd=root)
    terminal.wait_for("at> ")
    # The line is sent when the word is complete.
    terminal.type("interlock env li\t-e gp\t--manifest-path surely-missing")
    terminal.wait_for("surely-missing does not exist")
    terminal.type("exit")
    assert terminal.wait() in (0, 2)
