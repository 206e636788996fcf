"""The scripts that cuda-nvcc_linux-64 installs, run by the shells of this machine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from interlock.channel.recipes import recipe_directory

SHELLS = [shell for shell in ("sh", "bash", "dash", "zsh") if shutil.which(shell)]
PRINT = 'for v in CUDA_HOME CPATH LIBRARY_PATH NVCC_CCBIN; do eval "echo $v=\\${$v-unset}"; done'


def run(shell: str, script: str, **variables: str) -> list[str]:
    directory = recipe_directory("cuda")
    text = script.format(on=f". {directory}/activate.sh", off=f". {directory}/deactivate.sh", show=PRINT)
    env = {"PATH": "/usr/bin:/bin", "CONDA_PREFIX": "/p", **variables}
    result = subprocess.run([shell, "-uec", text], env=env, capture_output=True, text=True, check=True)
    assert result.stderr == ""
    return result.stdout.splitlines()


@pytest.mark.parametrize("shell", SHELLS)
def test_activation_leads_builds_to_the_toolkit(shell: str) -> None:
    assert run(shell, "{on}\n{show}", CPATH="/mine") == [
        "CUDA_HOME=/p",
        "CPATH=/p/targets/x86_64-linux/include:/mine",
        "LIBRARY_PATH=/p/targets/x86_64-linux/lib:/p/targets/x86_64-linux/lib/stubs",
        "NVCC_CCBIN=unset",
    ]


@pytest.mark.parametrize("shell", SHELLS)
def test_activating_twice_adds_nothing(shell: str) -> None:
    assert run(shell, "{on}\n{on}\n{show}") == run(shell, "{on}\n{show}")


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "before",
    [{}, {"CPATH": "/a:/b", "LIBRARY_PATH": "/c", "CUDA_HOME": "/usr/local/cuda"}, {"NVCC_CCBIN": "g++-14"}],
)
def test_deactivation_restores_what_was_there(shell: str, before: dict[str, str]) -> None:
    assert run(shell, "{on}\n{off}\n{show}", **before) == run(shell, "{show}", **before)


@pytest.mark.parametrize("shell", SHELLS)
def test_deactivation_keeps_what_was_added_since(shell: str) -> None:
    shown = run(shell, "{on}\nexport CPATH=/late:$CPATH:/last\n{off}\n{show}", CPATH="/early")
    assert "CPATH=/late:/early:/last" in shown


@pytest.mark.parametrize("shell", SHELLS)
def test_the_compiler_of_the_environment_compiles_host_code(shell: str) -> None:
    conda = {"CXX": "/p/bin/x86_64-conda-linux-gnu-c++", "CONDA_TOOLCHAIN_HOST": "x86_64-conda-linux-gnu"}
    assert "NVCC_CCBIN=/p/bin/x86_64-conda-linux-gnu-c++" in run(shell, "{on}\n{show}", **conda)
    assert "NVCC_CCBIN=unset" in run(shell, "{on}\n{off}\n{show}", **conda)
    assert "NVCC_CCBIN=unset" in run(shell, "{on}\n{show}", CXX="g++")  # the system's: nvcc finds it by itself


def test_both_profiles_find_the_same_toolkit(tmp_path: Path) -> None:
    lines = {
        name: (recipe_directory("cuda") / name).read_text().splitlines()
        for name in ("nvcc.profile", "target-nvcc.profile")
    }
    assert lines["nvcc.profile"][1:] == lines["target-nvcc.profile"][1:]
    target = tmp_path / "targets/x86_64-linux"
    for name, here in (("nvcc.profile", tmp_path / "bin"), ("target-nvcc.profile", target / "bin")):
        top = lines[name][0].partition("=")[2].strip()
        assert Path(top.replace("$(_HERE_)", str(here))).resolve() == target
