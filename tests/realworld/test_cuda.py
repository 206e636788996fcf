"""An sdist with a CUDA source, and NVIDIA's own nvcc from the embedded channel: the matching one, and another."""

from __future__ import annotations

import pytest

from interlock.channel import build_channel
from kit.miniatures import add_kernels, add_torch
from kit.project import Project

pytestmark = pytest.mark.realworld

MANIFEST = """
[tool.pixi.system-requirements]
cuda = "13.1"

[tool.uv.extra-build-dependencies]
kernels = [{ requirement = "torch", match-runtime = true }]

[tool.interlock.cuda]
architectures = ["9.0"]
"""


def test_a_matched_toolkit_compiles_and_another_minor_version_is_told_while_locking(project: Project) -> None:
    made = project.root.parent / "cuda"
    build_channel(made, python=False, cuda=["13.0", "13.1"], only=["cuda-nvcc"])
    for package in sorted(made.glob("*/*.conda")):
        project.channel.offer(package)
    add_torch(project.index, "2.9.0+cu130", cuda="13.0")
    add_kernels(project.index)

    project.declare("torch", "kernels", conda={"cuda-nvcc": "13.1.*"}, extra=MANIFEST)
    (finding,) = project.make_lock().ok().findings
    assert (finding["code"], finding["severity"]) == ("IL511", "warning")
    assert '`cuda-nvcc = "13.0.*"`' in finding["fix"]

    project.declare("torch", "kernels", conda={"cuda-nvcc": "13.0.*"}, extra=MANIFEST)
    done = project.install().ok()
    assert done.findings == []
    assert project.plan("kernels")["variables"] == {"CUDAARCHS": "90-real", "TORCH_CUDA_ARCH_LIST": "9.0"}
    (built,) = done.json["built"]
    assert built["toolchain"]["nvcc"] == str(project.prefix / "bin" / "nvcc")
    version = project.python(LOAD)
    assert version == "13000"


# The module is no Python extension: it is loaded as the library that it is.
LOAD = """
import ctypes, glob, sysconfig
(library,) = glob.glob(sysconfig.get_paths()["platlib"] + "/kernels*.so")
print(ctypes.CDLL(library).launch())
"""
