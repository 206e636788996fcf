"""The CUDA toolkit, really made from NVIDIA's wheels: compiles and links with nothing but the prefix and g++."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from channel.installed import install
from interlock.channel import build_channel

pytestmark = pytest.mark.realworld

KERNEL = """
#include <cstdio>
#include <cuda.h>
#include <cuda_runtime.h>
#include <cub/cub.cuh>
#include <thrust/device_vector.h>
#include <thrust/reduce.h>

__global__ void add(const float* a, const float* b, float* c, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) c[i] = a[i] + b[i];
}

extern "C" int devices() {
    int n = 0, version = 0;
    if (cudaGetDeviceCount(&n) != cudaSuccess) n = 0;
    if (n > 0) {
        add<<<1, 32>>>(nullptr, nullptr, nullptr, 0);
        cuDriverGetVersion(&version);
        thrust::device_vector<float> v(10, 1.0f);
        return thrust::reduce(v.begin(), v.end()) == 10.0f ? n : -1;
    }
    return n;
}

int main() { std::printf("devices: %d\\n", devices()); return 0; }
"""
TINY = '__global__ void nothing() {}\nextern "C" int launch() { nothing<<<1, 1>>>(); return cudaGetLastError(); }\n'
# As conda activates: the prefix first on PATH, then its scripts; nothing inherited from this process.
ACTIVATE = (
    'export PATH="$CONDA_PREFIX/bin:/usr/bin:/bin"; for f in "$CONDA_PREFIX"/etc/conda/activate.d/*.sh; do . "$f"; done'
)


@pytest.fixture(scope="module", params=["13.0", "13.1"])
def prefix(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("cuda")
    build_channel(base / "channel", python=False, cuda=[request.param], only=["cuda-nvcc"])
    solved = install(base / "channel", base / "prefix", "cuda-nvcc", f"cuda-version {request.param}.*")
    assert solved["cuda-version"] == request.param
    return base / "prefix"


def shell(prefix: Path, script: str, cwd: Path) -> str:
    command = ["env", "-i", f"CONDA_PREFIX={prefix}", "/bin/sh", "-ec", f"{ACTIVATE}\n{script}"]
    result = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout + result.stderr


def test_only_the_prefix_compiles_and_links_and_the_program_runs(prefix: Path, tmp_path: Path) -> None:
    (tmp_path / "kernel.cu").write_text(KERNEL)
    assert shell(prefix, "command -v nvcc", tmp_path).strip() == f"{prefix}/bin/nvcc"
    plan = shell(prefix, "nvcc --dryrun kernel.cu -o kernel -lcuda", tmp_path)
    assert f"_HERE_={prefix}/bin\n" in plan
    assert f"CICC_PATH={prefix}/bin/../targets/x86_64-linux/nvvm/bin\n" in plan
    assert "/usr/local" not in plan
    shell(prefix, "nvcc kernel.cu -o kernel -lcuda", tmp_path)
    needed = subprocess.run(["ldd", tmp_path / "kernel"], capture_output=True, text=True, check=True).stdout
    assert "libcuda.so.1" in needed  # the driver's, by the soname of the stub
    assert "libcudart" not in needed  # static unless asked for
    # Where there is no driver the stub stands in for it; the runtime then finds no device.
    (tmp_path / "libcuda.so.1").symlink_to(prefix / "targets/x86_64-linux/lib/stubs/libcuda.so")
    env = {"LD_LIBRARY_PATH": str(tmp_path)}
    result = subprocess.run([tmp_path / "kernel"], env=env, capture_output=True, text=True, check=True)
    assert result.stdout.startswith("devices: ")


def test_a_shared_object_uses_the_runtime_of_the_prefix(prefix: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.cu").write_text(TINY)
    shell(prefix, "nvcc -shared -Xcompiler -fPIC -cudart shared tiny.cu -o tiny.so", tmp_path)
    env = {"LD_LIBRARY_PATH": str(prefix / "lib")}
    needed = subprocess.run(["ldd", tmp_path / "tiny.so"], env=env, capture_output=True, text=True, check=True).stdout
    assert f"libcudart.so.13 => {prefix}/lib/libcudart.so.13" in needed


def test_the_target_tree_is_a_toolkit_of_its_own(prefix: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.cu").write_text(TINY)
    entry = f"{prefix}/targets/x86_64-linux/bin/nvcc"
    assert f"_HERE_={prefix}/targets/x86_64-linux/bin\n" in shell(prefix, f"{entry} --dryrun tiny.cu", tmp_path)
    shell(prefix, f"{entry} -shared -Xcompiler -fPIC tiny.cu -o tiny.so", tmp_path)


def test_a_host_compiler_finds_headers_and_libraries(prefix: Path, tmp_path: Path) -> None:
    source = "#include <cuda_runtime_api.h>\nint main() { int n; return cudaGetDeviceCount(&n) == 0; }\n"
    (tmp_path / "host.cpp").write_text(source)
    shell(prefix, "g++ host.cpp -o host -lcudart", tmp_path)
