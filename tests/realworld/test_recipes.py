"""The recipes, locked with the packages of the index: they fit together, and nobody downloads torch to find that out.

conda's packages are those of the kit, under the names and versions that the recipes ask conda-forge for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomli

from interlock_hooks.testing.channel import PLATFORM, Channel
from interlock_hooks.testing.index import Index
from interlock_hooks.testing.shared import Shared
from kit.interpreters import find_interpreter
from kit.miniatures import add_torch
from kit.project import PYTHON
from kit.real import RealProject
from kit.recipes import copy_recipe
from kit.toolkit import add_toolkit

pytestmark = pytest.mark.realworld

CPU = "https://download.pytorch.org/whl/cpu"
# Less than torch alone; the metadata of 200 packages and the sources of some are well below.
LIMIT = 500_000_000


@pytest.fixture
def recipe_python(channel: Channel, shared: Shared) -> str:
    """The Python of the recipes, if this machine has it, else the one that runs the tests."""
    found = find_interpreter("3.12")
    if found is None or PYTHON == "3.12":
        return PYTHON
    channel.offer_channel(shared.python(found))
    return "3.12"


@pytest.fixture
def caches(tmp_path: Path, real: RealProject, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Empty caches of uv and Interlock, so that they show what was downloaded."""
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    return tmp_path / "uv", real.cache


def locked(real: RealProject, environment: str = "default") -> dict[str, Any]:
    """Each package of an environment's lock by its name."""
    lock = tomli.loads((real.root / "interlock.lock").read_text(encoding="utf-8"))
    blocks = {
        block["artifact"].get("filename") or f"{block['name']} {block['version']}": block for block in lock["pypi"]
    }
    names = lock["environments"][environment]["platforms"][PLATFORM]["resolution"]["packages"]
    return {blocks[name]["name"]: blocks[name] for name in names}


def size(*folders: Path) -> int:
    return sum(file.stat().st_size for folder in folders for file in folder.rglob("*") if file.is_file())


@pytest.mark.parametrize(
    ("name", "toolkit", "cuda", "built"),
    [
        ("flash-attn", "12.4.1", "12.4.127", {"flash-attn"}),
        ("flash-attn-matched", "12.4.1", "12.4.127", {"flash-attn"}),
        ("deepspeed", "12.8.1", "12.8.90", {"deepspeed"}),
        ("mamba", "12.8.1", "12.8.90", {"mamba-ssm", "causal-conv1d"}),
        ("vllm", "12.4.1", "12.4.127", {"flash-attn", "deepspeed", "antlr4-python3-runtime"}),
        ("torch-scatter", "12.6.3", "12.6.77", {"torch-scatter", "torch-sparse", "torch-cluster", "torch-spline-conv"}),
    ],
)
def test_it_locks_on_any_machine_without_torch(
    real: RealProject,
    channel: Channel,
    index: Index,
    caches: tuple[Path, Path],
    recipe_python: str,
    name: str,
    toolkit: str,
    cuda: str,
    built: set[str],
) -> None:
    add_toolkit(channel, toolkit)
    channel.add("cxx-compiler", "1.11.0")
    index.wheel("torch", "2.7.1+cpu")
    replaced = {CPU: index.url} if name == "torch-scatter" else {}
    copy_recipe(name, real.root, channel.url, python=recipe_python, pypi_options={}, replaced=replaced)
    result = real.run("lock", elsewhere=True).ok()
    assert [finding for finding in result.findings if finding["severity"] != "note"] == []
    packages = locked(real)
    assert packages["nvidia-cuda-runtime-cu12"]["version"] == cuda
    assert {name for name, block in packages.items() if block["artifact"]["kind"] != "wheel"} == built
    if name == "torch-scatter":
        assert locked(real, "cpu")["torch"]["version"] == "2.7.1+cpu"
    assert size(*caches) < LIMIT


def test_a_local_package_with_extras_locks_without_torch(
    real: RealProject, channel: Channel, caches: tuple[Path, Path], recipe_python: str
) -> None:
    copy_recipe("verl", real.root, channel.url, python=recipe_python, pypi_options={})
    assert real.run("lock").ok().findings == []
    packages = locked(real)
    assert packages["verl-like"]["version"] == "0.4.0"
    assert packages["vllm"]["version"] == "0.8.5.post1"
    assert packages["torch"]["version"] == "2.6.0"
    assert size(*caches) < LIMIT


@pytest.mark.slow
def test_axolotl_is_asked_beside_a_torch(
    real: RealProject, channel: Channel, tmp_path: Path, caches: tuple[Path, Path], recipe_python: str
) -> None:
    # axolotl wants to know the version of torch and nothing else of it, so that a small one does.
    add_toolkit(channel, "12.4.1")
    wheels = Index(tmp_path / "wheels")
    add_torch(wheels, "2.6.0+kit")
    (wheels.folder / "typing_extensions-4.12.0-py3-none-any.whl").unlink()
    options = {"find-links": [{"path": str(wheels.folder)}]}
    copy_recipe("axolotl", real.root, channel.url, python=recipe_python, pypi_options=options)
    result = real.run("lock").ok()
    assert [finding for finding in result.findings if finding["severity"] != "note"] == []
    packages = locked(real)
    assert packages["xformers"]["version"] == "0.0.29.post2"
    assert packages["flash-attn"]["version"] == "2.7.4.post1"
    assert size(*caches) < LIMIT
