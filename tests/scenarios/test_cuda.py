"""CUDA that agrees before the build: what is declared, provided and used is compared when it is locked."""

from __future__ import annotations

import pytest

from interlock_hooks.testing.index import Index
from interlock_hooks.testing.result import Result
from interlock_hooks.testing.sdists import Backend
from kit.miniatures import add_torch
from kit.project import Project
from kit.toolkit import add_toolkit

pytestmark = pytest.mark.scenario

DRIVER = '[tool.pixi.system-requirements]\ncuda = "{}"\n'


@pytest.fixture
def gpu(project: Project) -> Project:
    """A project with torch for two CUDAs, two toolkits, and an sdist that compiles CUDA; there is no GPU here."""
    add_torch(project.index, "2.6.0+cu124", cuda="12.4")
    add_torch(project.index, "2.9.0+cu130", cuda="13.0")
    for version in ("12.4.1", "12.6.3", "13.0.1"):
        add_toolkit(project.channel, version)
    project.index.sdist("kernels", "1.0", files={"CMakeLists.txt": "project(kernels LANGUAGES CXX CUDA)\n"})
    return project


def codes(findings: list[dict[str, object]]) -> dict[object, object]:
    return {finding["code"]: finding["severity"] for finding in findings}


def test_toolkit_and_torch_are_compared_before_anything_is_built(gpu: Project) -> None:
    extra = DRIVER.format("13.0") + '[tool.interlock.cuda]\narchitectures = ["9.0"]\n'
    gpu.declare("torch==2.6.0", "kernels", conda={"cuda-nvcc": "13.0.*"}, extra=extra)
    refused = gpu.make_lock().failed(4, "IL510")
    assert refused["where"]["key"] == "tool.pixi.dependencies.cuda-nvcc"
    assert '`cuda-nvcc = "12.4.*"`' in refused["fix"]
    assert "kernels (CMakeLists.txt enables CUDA)" in refused["why"]
    assert not gpu.lock_file.exists()

    gpu.declare("torch==2.6.0", "kernels", conda={"cuda-nvcc": "12.6.*"}, extra=extra)
    assert codes(gpu.make_lock().ok().findings) == {"IL511": "warning"}
    gpu.declare("torch==2.6.0", "kernels", conda={"cuda-nvcc": "12.4.*"}, extra=extra)
    assert codes(gpu.make_lock().ok().findings) == {}
    told = gpu.run("env", "info", variables={"CONDA_OVERRIDE_CUDA": "11.8"}).ok().err
    assert "IL512" in told
    assert "the driver only supports CUDA 11.8 (override)" in told
    written = gpu.run("env", "info", "--html", "info.html", variables={"CONDA_OVERRIDE_CUDA": "11.8"}).ok()
    assert "IL512" in written.err
    page = (gpu.root / "info.html").read_text()
    assert "the driver only supports CUDA 11.8 (override)" in page
    assert "1 contradiction" in page


def test_a_torch_that_the_declared_driver_does_not_run_is_refused(gpu: Project) -> None:
    gpu.declare("torch==2.9.0", extra=DRIVER.format("12.8"))
    refused = gpu.make_lock().failed(4, "IL512")
    assert refused["where"]["key"] == "tool.pixi.system-requirements.cuda"
    # What the manifest does not say, a variable can.
    gpu.declare("torch==2.9.0", "kernels")
    variables = {"CONDA_OVERRIDE_CUDA": "13.0"}
    found = gpu.run("env", "lock", "--json", variables=variables).ok().findings
    assert codes(found) == {"IL515": "warning"}
    assert '`cuda-nvcc = "13.0.*"`' in found[0]["fix"]
    # Of an install as well, before anything is fetched for it.
    unfetched = gpu.run("env", "install", "--offline", "--json", variables=variables)
    assert codes(unfetched.findings) == {"IL650": "error", "IL515": "warning"}


def test_torch_follows_what_is_declared_unless_a_backend_is_named(gpu: Project) -> None:
    runtime = "nvidia-cuda-runtime==13.0.96"
    gpu.index.wheel("nvidia-cuda-runtime", "13.0.96")
    gpu.index.wheel("torch", "2.10.0", requires=[runtime])
    gpu.index.wheel("trainer", "1.0", requires=["torch>=2"])
    for backend, version in (("cu121", "2.5.1+cu121"), ("cu124", "2.6.1+cu124")):
        Index(gpu.index.folder / backend).wheel("torch", version)
    mirror = gpu.index.served.below("{backend}")

    def extra_of(backend: str) -> str:
        return f'[tool.interlock.cuda]\ntorch-backend = "{backend}"\ntorch-index = "{mirror}"\n'

    def lock(backend: str) -> Result:
        gpu.declare("trainer", extra=DRIVER.format("12.4") + extra_of(backend))
        return gpu.make_lock()

    assert lock("off").failed(4, "IL512")["what"].startswith("torch 2.10.0 was built for CUDA 13.0")
    (note,) = lock("auto").ok().findings
    assert note["code"] == "IL520"
    assert "torch: 2.10.0 → 2.6.1+cu124" in note["details"]
    assert gpu.locked() == {"trainer": "1.0", "torch": "2.6.1+cu124"}
    assert lock("auto").ok().json["changed"] is False
    # Where nothing can be resolved without a backend: a version names it, or what is declared.
    for required in ("torch==2.6.1+cu124", "torch>=2.6.1,<2.7"):
        gpu.declare("trainer", required, extra=DRIVER.format("12.4") + extra_of("auto"))
        (note,) = gpu.make_lock().ok().findings
        assert note["code"] == "IL520"
        assert note["why"].startswith('torch-backend = "auto", and there is no solution without it: ')
        assert gpu.locked() == {"trainer": "1.0", "torch": "2.6.1+cu124"}
    assert lock("cu121").ok().findings == []
    assert gpu.locked()["torch"] == "2.5.1+cu121"


# Fails as a compiler does that does not find the header; keeps the architectures that it was told.
_COMPILES = """
import os
folders = os.environ["CPATH"].split(":")
if not any(os.path.exists(os.path.join(folder, "cusparse.h")) for folder in folders):
    raise SystemExit("fatal error: cusparse.h: No such file or directory")
assert "targets" in folders[0], folders
print("compiled for", os.environ["TORCH_CUDA_ARCH_LIST"])
"""


@pytest.mark.parametrize("mode", ["matched", "no-isolation"])
def test_nvcc_alone_is_completed_by_the_wheels_of_torch(gpu: Project, mode: str) -> None:
    header = {"nvidia/cusparse/include/cusparse.h": "// cuSPARSE"}
    gpu.index.wheel("nvidia-cuda-runtime-cu12", "12.4.127", modules={"nvidia/cuda_runtime/__init__.py": ""})
    gpu.index.wheel("nvidia-cusparse-cu12", "12.3.1.170", modules=header)
    requires = ["nvidia-cuda-runtime-cu12==12.4.127", "nvidia-cusparse-cu12==12.3.1.170"]
    gpu.index.wheel("torch", "2.7.0", requires=requires)
    cmake = {"CMakeLists.txt": "project(sparse LANGUAGES CXX CUDA)\n"}
    gpu.index.sdist("sparse", "1.0", files=cmake, backend=Backend(on_build=_COMPILES))
    matching = 'extra-build-dependencies = { sparse = [{ requirement = "torch", match-runtime = true }] }'
    alone = 'no-build-isolation-package = ["sparse"]'
    extra = f"[tool.uv]\n{matching if mode == 'matched' else alone}\n"
    gpu.declare("torch==2.7.0", "sparse", conda={"cuda-nvcc": "12.4.*"}, extra=extra)
    done = gpu.install().ok()
    plan = gpu.plan("sparse")
    assert "nvidia-cusparse-cu12==12.3.1.170" in str(plan)
    # There is no GPU here: the architectures of torch for CUDA 12.4, and the note says how to have fewer.
    note = next(finding for finding in done.findings if finding["code"] == "IL519")
    assert note["what"].endswith("7 GPU architectures: 5.0, 6.0, 7.0, 7.5, 8.0, 8.6, 9.0")
