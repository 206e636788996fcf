"""Packages that import torch while they are built, without declaring it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kit.dask import two_workers
from kit.real import RealProject

pytestmark = pytest.mark.realworld

# Without CUDA's compiler, flash-attn is built without its extension module, but goes through all of its setup.py, which
# imports torch.
NO_CUDA = """
[tool.uv.extra-build-variables]
flash-attn = { FLASH_ATTENTION_SKIP_CUDA_BUILD = "TRUE", FLASH_ATTENTION_FORCE_BUILD = "TRUE" }
"""
MATCHED = """
[tool.uv.extra-build-dependencies]
flash-attn = [{ requirement = "torch", match-runtime = true }]
"""
NOT_ISOLATED = {"no-build-isolation": ["flash-attn"]}


def assert_flash_attn(real: RealProject, torch: str, version: str | None, mode: str) -> None:
    """It was built in ``mode`` against the torch of the environment, and is installed."""
    (built,) = real.run("install").ok().json["built"]
    assert (built["name"], built["mode"]) == ("flash-attn", mode)
    assert version in (None, built["version"])
    assert "torch" in built["imports"]
    assert "torch" in real.plan("flash-attn")["imports"]
    # Its __init__ imports the extension module, which is not built here.
    code = "import importlib.util as u, importlib.metadata as m; print(m.version('{}'), u.find_spec('flash_attn').name)"
    assert real.python(code.format("flash-attn")) == f"{built['version']} flash_attn"
    assert real.python("import torch; print(torch.__version__)") == torch.partition("==")[2]


@pytest.mark.parametrize(
    ("mode", "options", "extra"),
    [("no-isolation", NOT_ISOLATED, NO_CUDA), ("matched", {}, NO_CUDA + MATCHED)],
)
def test_flash_attn_in_both_modes(real: RealProject, torch: str, mode: str, options: dict, extra: str) -> None:
    real.declare(torch, "flash-attn", pypi_options=options, extra=extra)
    assert_flash_attn(real, torch, None, mode)
    assert real.run("install").ok().json["changed"] is False


@pytest.mark.parametrize(
    ("mode", "options", "extra"),
    [("matched", {}, NO_CUDA), ("no-isolation", NOT_ISOLATED, NO_CUDA), ("matched", {}, NO_CUDA + MATCHED)],
    ids=["discovered", "no-isolation", "matched"],
)
def test_flash_attn_with_dynamic_metadata(real: RealProject, torch: str, mode: str, options: dict, extra: str) -> None:
    # The metadata of this version is only known after its setup.py has imported torch.
    real.declare(torch, "flash-attn==2.5.8", pypi_options=options, extra=extra)
    assert_flash_attn(real, torch, "2.5.8", mode)


@pytest.mark.parametrize("name", ["torch-scatter", "torch-spline-conv", "torch-points-kernels"])
def test_without_any_configuration_it_locks(real: RealProject, torch: str, name: str) -> None:
    real.declare(torch, name)
    result = real.run("lock").ok()
    assert "extra-build-dependencies" in str(result.findings)
    plan = real.plan(name)
    assert plan["mode"] == "matched"
    assert any(str(file).startswith(f"torch-{torch.partition('==')[2]}-") for file in plan["overlay"])
    assert real.run("lock").ok().json["changed"] is False


SCATTER = """
import torch, torch_scatter
print(torch_scatter.scatter(torch.tensor([1., 2., 3.]), torch.tensor([0, 1, 1]), reduce="sum").tolist())
"""
SPLINE = """
import torch, torch_spline_conv
open_, size = torch.ones(1, dtype=torch.uint8), torch.tensor([2])
print(torch_spline_conv.spline_basis(torch.tensor([[0.], [1.]]), size, open_, 1)[0].sum(1).tolist())
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "code", "printed"),
    [("torch-scatter", SCATTER, "[1.0, 5.0]"), ("torch-spline-conv", SPLINE, "[1.0, 1.0]")],
)
@pytest.mark.parametrize("options", [{}, {"no-build-isolation": True}], ids=["matched", "no-isolation"])
def test_extensions_compile_and_compute(
    real: RealProject, torch: str, name: str, code: str, printed: str, options: dict
) -> None:
    real.declare(torch, name, pypi_options=options)
    (built,) = real.run("install").ok().json["built"]
    assert built["mode"] == ("no-isolation" if options else "matched")
    assert "torch" in built["imports"]
    assert real.python(code) == printed


@pytest.mark.slow
def test_a_wheel_that_was_built_elsewhere_needs_no_compiler(
    real: RealProject, torch: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real.declare(torch, "torch-spline-conv")
    (built,) = real.run("install").ok().json["built"]
    # The name that its project gives to such a wheel, which says the same version inside.
    minor = "".join(torch.partition("==")[2].split(".")[:2])
    name = Path(built["wheel"]).name.replace(built["version"], f"{built['version']}+pt{minor}cpu", 1)
    (real.root / "wheels").mkdir()
    shutil.copy(built["wheel"], real.root / "wheels" / name)
    # Another machine: it has no compiler, and has built nothing.
    shutil.rmtree(real.root / ".interlock")
    (real.root / "interlock.lock").unlink()
    real.cache = tmp_path / "another"
    monkeypatch.setenv("PATH", str(tmp_path))
    extra = (
        '[tool.interlock.build]\nprebuilt = "only"\n'
        '[tool.interlock.build.packages.torch-spline-conv]\nprebuilt = ["./wheels"]\n'
    )
    real.declare(torch, "torch-spline-conv", extra=extra)
    (wheel,) = real.run("install").ok().json["built"]
    assert wheel["prebuilt"] is True
    assert real.plan("torch-spline-conv")["prebuilt"]["filename"] == name
    assert real.python(SPLINE) == "[1.0, 1.0]"
    real.run("doctor").ok()


@pytest.mark.slow
def test_a_farm_builds_for_machines_without_a_compiler(
    real: RealProject, torch: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("torch-spline-conv", "torch-scatter")
    extra = '[tool.interlock]\nplugins = ["dask"]\nbuild = { jobs = 2 }\n'
    real.declare(torch, *names, extra=extra)
    version = torch.partition("==")[2].partition("+")[0]
    with two_workers({"INTERLOCK_CACHE_DIR": str(tmp_path / "workers")}) as cluster:
        monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", cluster.scheduler_address)
        farm = ("wheels", "build", "--matrix", f"torch={version},0.1", "--json")
        for status in ("built", "stored"):
            done = real.interlock(*farm)
            assert done.code == 1  # there is no torch 0.1
            assert {each["status"] for each in done.json["wheels"]} == {status, "unsolvable"}
        real.run("install").ok()
    real.interlock("wheels", "publish", str(tmp_path / "index")).ok()
    # Another machine: it has no compiler, and has built nothing.
    shutil.rmtree(real.root / ".interlock")
    (real.root / "interlock.lock").unlink()
    real.cache = tmp_path / "another"
    monkeypatch.setenv("PATH", str(tmp_path))
    sources = [
        f'[tool.interlock.build.packages.{each}]\nprebuilt = [{{ index = "{tmp_path}/index" }}]' for each in names
    ]
    real.declare(torch, *names, extra="\n".join(['[tool.interlock.build]\nprebuilt = "only"', *sources]))
    assert {each["prebuilt"] for each in real.run("install").ok().json["built"]} == {True}
    assert real.python(SPLINE) == "[1.0, 1.0]"
    assert real.python(SCATTER) == "[1.0, 5.0]"
    real.run("doctor").ok()
