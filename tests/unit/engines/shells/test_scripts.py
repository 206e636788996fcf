"""The scripts, run by the shells that this machine has; bash and sh are everywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from interlock.engines.shells.changes import changes, deactivated
from interlock.engines.shells.scripts import activation_script

SHELLS = {"bash": ["bash", "--norc"], "zsh": ["zsh", "-f"], "fish": ["fish", "--no-config"], "sh": ["sh"]}
BASE = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/nonexistent",
    "KEPT": "as it is",
    "CC": "gcc -O2",
    "GONE": "it's\nhere",
    "EMPTY": "",
    "CPATH": "/usr/include",
    "LIBRARY_PATH": "/usr/lib",
}
ODD = {
    "QUOTES": """it's "so" `id` 'twice''""",
    "NEWLINES": "\none\n\ntwo\n",
    "SIGNS": "$HOME ${PATH} $(id) \\ \\\\ \\' ! !! % %n # ~ * ? [a] {b,c} ; & | < > =",
    "NOT_ASCII": "grüße \u2192 \U0001f40d",
    "NOT_UTF8": "caf\udce9",
    "TABS": "\ta\t b  c ",
    "BLANK": "",
    "DASHES": "-n --",
}
ACTIVATED = {name: value for name, value in BASE.items() if name != "GONE"} | {
    "PATH": "/p/bin:/usr/bin:/bin",
    "CC": "/p/bin/cc",
    "EMPTY": "not any more",
    "CPATH": "/usr/include:/p/include",
    "LIBRARY_PATH": "/first:/usr/lib:/last",
    "CONDA_PREFIX": "/p",
    **ODD,
}

shells = pytest.mark.parametrize(
    "shell", [pytest.param(s, marks=pytest.mark.skipif(not shutil.which(s), reason=f"no {s}")) for s in SHELLS]
)


def run(shell: str, tmp_path: Path, *steps: str, env: dict[str, str] = BASE) -> list[dict[str, str]]:
    """The variables of ``shell`` after each step; the script is in the file $f."""
    tool = shutil.which("env")
    code = "; ".join(f"{step}; {tool} -0; printf '\\0'" for step in steps)
    done = subprocess.run(
        [*SHELLS[shell], "-c", code], env={**env, "f": str(tmp_path / "script")}, capture_output=True, check=False
    )
    assert done.stderr == b"", done.stderr.decode()
    assert done.returncode == 0
    found = []
    for block in done.stdout.split(b"\0\0"):
        pairs = (os.fsdecode(entry).partition("=") for entry in block.split(b"\0") if entry)
        found.append({name: value for name, _, value in pairs})
    return found[:-1]


def told(variables: dict[str, str]) -> dict[str, str]:
    """Without what every shell sets, and what deactivating is remembered by."""
    ours = ("PWD", "OLDPWD", "SHLVL", "_", "f", "LOGNAME", "USER", "INTERLOCK_ACTIVATED")
    return {k: v for k, v in variables.items() if k not in ours and not k.startswith(("INTERLOCK_SAVED_", "XDG_"))}


def write(tmp_path: Path, shell: str, base: dict[str, str] = BASE, activated: dict[str, str] = ACTIVATED) -> None:
    script = activation_script(shell, changes(base, activated), prompt="(p:env) ")
    (tmp_path / "script").write_bytes(os.fsencode(script))


@shells
def test_a_shell_gets_the_variables_and_gives_them_back(shell: str, tmp_path: Path) -> None:
    write(tmp_path, shell)
    before, active, after = run(shell, tmp_path, "true", '. "$f"', "interlock_deactivate")
    assert told(before) == BASE
    assert told(active) == ACTIVATED
    assert told(after) == BASE
    assert not [name for name in after if name.startswith("INTERLOCK")]
    assert told(deactivated(active)) == BASE


@shells
def test_eval_does_the_same(shell: str, tmp_path: Path) -> None:
    """fish's way is to pipe it into source."""
    write(tmp_path, shell)
    step = 'cat "$f" | source' if shell == "fish" else 'eval "$(cat "$f")"'
    (active,) = run(shell, tmp_path, step)
    assert told(active) == ACTIVATED


@shells
def test_lists_keep_what_this_shell_has_in_them(shell: str, tmp_path: Path) -> None:
    """A script may be kept, and used where the lists are others."""
    write(tmp_path, shell)
    elsewhere = {"PATH": "/home/me/bin:/usr/bin:/bin", "HOME": "/nonexistent", "LIBRARY_PATH": "/mine"}
    (active,) = run(shell, tmp_path, '. "$f"', env=elsewhere)
    lists = {name: active[name] for name in ("PATH", "CPATH", "LIBRARY_PATH")}
    assert lists == {
        "PATH": "/p/bin:/home/me/bin:/usr/bin:/bin",
        "CPATH": "/p/include",
        "LIBRARY_PATH": "/first:/mine:/last",
    }


@shells
def test_the_second_environment_replaces_the_first(shell: str, tmp_path: Path) -> None:
    write(tmp_path, shell)
    (active,) = run(shell, tmp_path, '. "$f"')
    other = BASE | {"PATH": "/q/bin:/usr/bin:/bin", "CONDA_PREFIX": "/q"}
    # In the same shell, and in one that only has its variables.
    (tmp_path / "script").rename(tmp_path / "first")
    write(tmp_path, shell, activated=other)
    (same,) = run(shell, tmp_path, f'. "{tmp_path}/first"; . "$f"')
    _, below, after = run(shell, tmp_path, "true", '. "$f"', "interlock_deactivate", env=active)
    assert told(same) == told(below) == other
    assert told(after) == BASE


@pytest.mark.parametrize("options", ["-eu", "-ef"])
@pytest.mark.parametrize(
    "shell", ["bash", "sh", pytest.param("zsh", marks=pytest.mark.skipif(not shutil.which("zsh"), reason="no zsh"))]
)
def test_strict_shells_can_use_it(shell: str, options: str, tmp_path: Path) -> None:
    write(tmp_path, shell)
    active, after = run(shell, tmp_path, f'set {options}; . "$f"', "interlock_deactivate")
    assert (told(active), told(after)) == (ACTIVATED, BASE)


def test_a_prompt_has_no_commands(tmp_path: Path) -> None:
    script = activation_script("bash", (), prompt="($(touch x)`touch y`\\$%n!) ")
    assert "PS1='(_(touch x)_touch y____n_) '\"$PS1\"" in script
