"""NVIDIA's wheels in miniature: the real names and layout, one line in each file, served to pip from a folder."""

from __future__ import annotations

import zipfile
from pathlib import Path

PLATFORM = "py3-none-manylinux_2_17_x86_64"
CUDA_H = """
#define CUDAAPI
#define __CUDA_API_PTDS(api) api
#define cuMemAlloc cuMemAlloc_v2
#define cuMemcpyHtoD __CUDA_API_PTDS(cuMemcpyHtoD_v2)
CUresult CUDAAPI cuInit(unsigned int Flags);
CUresult CUDAAPI cuMemAlloc(CUdeviceptr *dptr, size_t bytesize);
"""
PROGRAMS = ("nvcc", "ptxas", "nvlink", "fatbinary", "cudafe++", "bin2c", "__nvcc_device_query")
# Distribution → files below nvidia/cu13/.
COMPONENTS: dict[str, dict[str, str]] = {
    "nvidia-cuda-nvcc": {
        **{f"bin/{program}": program for program in PROGRAMS},
        "bin/nvcc.profile": "TOP = NVIDIA's own",
        "bin/crt/link.stub": "link",
        "bin/crt/prelink.stub": "prelink",
        "include/fatbinary_section.h": "fatbinary",
    },
    "nvidia-cuda-crt": {"include/crt/host_config.h": "host", "include/crt/sm_90_rt.h": "sm_90"},
    "nvidia-nvvm": {
        "nvvm/bin/cicc": "cicc",
        "nvvm/libdevice/libdevice.10.bc": "bit code",
        "lib/libnvvm.so.4": "libnvvm",
        "include/nvvm.h": "nvvm",
    },
    "nvidia-cuda-runtime": {
        "lib/libcudart.so.13": "libcudart",
        "lib/libcudart_static.a": "static",
        "lib/libcudadevrt.a": "devrt",
        "include/cuda.h": CUDA_H,
        "include/cuda_runtime.h": "runtime",
        "include/cooperative_groups/details/info.h": "details",
    },
    "nvidia-cuda-cccl": {
        "include/cccl/thrust/reduce.h": "thrust",
        "include/nv/target": "target",
        "cccl/lib/cmake/cccl/cccl-config.cmake": "cmake",
    },
    "nvidia-nvptxcompiler": {"include/nvPTXCompiler.h": "ptx", "lib/libnvptxcompiler_static.a": "ptx"},
}


def component_version(minor: str) -> str:
    """The version that every component of a miniature release has."""
    return f"{minor}.7"


def write_wheel(folder: Path, name: str, version: str, files: dict[str, str], metadata: str = "") -> Path:
    """A wheel of NVIDIA's shape: programs carry mode 0744, as in the real ones."""
    distribution = name.replace("-", "_")
    info = f"{distribution}-{version}.dist-info"
    wheel = folder / f"{distribution}-{version}-{PLATFORM}.whl"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            entry = zipfile.ZipInfo(f"nvidia/cu13/{path}")
            entry.external_attr = (0o744 if "/bin/" in entry.filename else 0o644) << 16
            archive.writestr(entry, text)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{metadata}")
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {PLATFORM}\n")
        archive.writestr(f"{info}/licenses/License.txt", "the license")
        archive.writestr(f"{info}/RECORD", "")
    return wheel


def write_release(folder: Path, minor: str, components: dict[str, dict[str, str]] = COMPONENTS) -> None:
    """All wheels of CUDA `minor`, and the metapackage that pins them."""
    version = component_version(minor)
    for name, files in components.items():
        write_wheel(folder, name, version, files)
    requires = "".join(
        f"Requires-Dist: {name}=={version}.*; (sys_platform == 'linux' and platform_machine == 'x86_64' or "
        f"sys_platform == 'win32') and extra == 'all'\n"
        for name in components
    )
    write_wheel(folder, "cuda-toolkit", f"{minor}.3", {}, f"Provides-Extra: all\n{requires}")
