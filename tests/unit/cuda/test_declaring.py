"""All ways to declare a driver mean one thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock.manifest import load
from interlock.solve.virtual import known_virtual_packages, merge_virtual_packages
from interlock_hooks.types import VirtualPackage

HEAD = '[workspace]\nchannels = ["conda-forge"]\n'
PLAIN = f'{HEAD}platforms = ["linux-64"]\n'
PROJECT = '[project]\nname = "demo"\nversion = "1"\n'
# A machine with another GPU, which must not matter.
HERE = [VirtualPackage(name="__cuda", version="13.0", origin="detected")]


@pytest.mark.parametrize(
    ("name", "text", "variables"),
    [
        ("pixi.toml", f'{PLAIN}[system-requirements]\ncuda = {{ driver = "12.4", arch = "9.0" }}\n', {}),
        ("pixi.toml", f'{PLAIN}[system-requirements]\ncuda = "12.4"\n', {"CONDA_OVERRIDE_CUDA_ARCH": "9.0"}),
        (
            "pixi.toml",
            f'{HEAD}platforms = [{{ platform = "linux-64", cuda = {{ driver = "12.4", arch = "9.0" }} }}]\n',
            {},
        ),
        (
            "pixi.toml",
            f'{HEAD}platforms = [{{ platform = "linux-64", __cuda = "12.4", __cuda_arch = "9.0" }}]\n',
            {"CONDA_OVERRIDE_CUDA": "11.8"},
        ),
        (
            "pyproject.toml",
            (
                f"{PROJECT}[tool.uv]\nenvironments = [\"sys_platform == 'linux'\"]\n"
                '[tool.pixi.system-requirements]\ncuda = { driver = "12.4", arch = "9.0" }\n'
            ),
            {},
        ),
        (
            "pyproject.toml",
            f"{PROJECT}[tool.uv]\nenvironments = [\"sys_platform == 'linux'\"]\n",
            {"CONDA_OVERRIDE_CUDA": "12.4", "CONDA_OVERRIDE_CUDA_ARCH": "9.0"},
        ),
    ],
)
def test_one_driver_in_many_words(name: str, text: str, variables: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    workspace = load(tmp_path / name)
    assert [platform.subdir for platform in workspace.declared_platforms] == ["linux-64"]
    request = workspace.request("default", "linux-64")
    found = merge_virtual_packages(request, known_virtual_packages(request, variables, "linux-64", lambda: HERE))
    versions = {package.name: package.version for package in found}
    assert (versions["__cuda"], versions["__cuda_arch"]) == ("12.4", "9.0")
