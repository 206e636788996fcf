"""The audit on real wheels: what fits is not blamed, and what does not fit is found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kit.compiled import compile_stub
from kit.real import RealProject

pytestmark = pytest.mark.realworld

# Compiled in every way there is: C, C++, Cython, Fortran, Rust, Go's linker; bundled libraries, private ones, plugins.
POPULAR = """
    aiohttp av bcrypt cffi confluent-kafka cryptography duckdb gevent greenlet grpcio h5py httptools jaxlib kiwisolver
    lightgbm llvmlite lxml lz4 matplotlib mpi4py msgpack numba numpy onnxruntime opencv-python-headless orjson pandas
    pillow polars psutil psycopg2-binary pyarrow pydantic-core pynacl pyproj pyyaml pyzmq rasterio regex rpds-py
    safetensors scikit-learn scipy sentencepiece shapely soundfile spacy sqlalchemy tables tiktoken tokenizers uvloop
    watchfiles zstandard
"""
TORCH_LIBRARIES = ("libc10.so", "libtorch.so", "libtorch_cpu.so", "libtorch_python.so")


def interlock(*args: str | Path) -> tuple[int, dict[str, Any]]:
    """Run a command with ``--json``."""
    command = [sys.executable, "-m", "interlock", *map(str, args), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)


def make_venv(folder: Path, *packages: str) -> Path:
    """A virtual environment with packages from the user's index; returns its site-packages."""
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    if packages:
        install = [*uv, "pip", "install", "--quiet", "--only-binary", ":all:", "--python", folder, *packages]
        subprocess.run(install, check=True, env=dict(os.environ))
    (site,) = folder.glob("lib/python3*/site-packages")
    return site


def test_popular_wheels_are_not_blamed(tmp_path: Path) -> None:
    make_venv(tmp_path / "venv", *POPULAR.split())
    status, told = interlock("env", "doctor", "--prefix", tmp_path / "venv")
    assert [finding for finding in told["findings"] if finding["severity"] == "error"] == []
    # What is left are parts of packages that are for libraries which are not here, such as an MPI.
    assert {finding["code"] for finding in told["findings"]} <= {"IL543"}
    assert (status, told["checked"]["compiled modules"] > 500) == (0, True)


@pytest.mark.slow
def test_a_built_extension_fits_its_torch_and_no_other(real: RealProject, torch: str, tmp_path: Path) -> None:
    real.declare(torch, "torch-scatter")
    installed = real.run("install").ok()
    (built,) = installed.json["built"]
    assert [finding for finding in installed.findings if finding["code"].startswith(("IL54", "IL55"))] == []
    prefix = real.root / ".interlock/envs/default"
    assert interlock("audit", built["wheel"], "--prefix", prefix)[0] == 0
    assert interlock("env", "doctor", "--prefix", prefix)[0] == 0
    (theirs,) = prefix.glob("lib/python3*/site-packages/torch/lib")
    other = make_venv(tmp_path / "other") / "torch" / "lib"
    for name in TORCH_LIBRARIES:
        compile_stub(theirs / name, other / name, without="torchCheckFail")
    status, told = interlock("audit", built["wheel"], "--prefix", tmp_path / "other")
    (finding,) = (finding for finding in told["findings"] if finding["severity"] == "error")
    assert (status, finding["code"]) == (4, "IL540")
    assert "libc10.so" in finding["what"]
    assert "c10::detail::torchCheckFail" in finding["details"][0]
