"""A CUDA toolkit of stubs: conda-forge's package names and activation, and an ``nvcc`` that says which one it is."""

from __future__ import annotations

from interlock_hooks.testing.channel import Channel

_NVCC = """\
#!/bin/sh
echo "stub nvcc: NVIDIA (R) Cuda compiler driver, release {minor}, V{version}"
echo "called as $0"
"""
# As on conda-forge, CUDA_HOME is not among the variables: whoever builds has to set it.
_ACTIVATE = 'export KIT_TOOLKIT="{version}"\n'
_DEACTIVATE = "unset KIT_TOOLKIT\n"


def add_toolkit(channel: Channel, version: str) -> None:
    """Add ``cuda-toolkit``, ``cuda-libraries-dev`` and what they consist of, at ``version`` (``12.4.1``)."""
    major, minor = version.split(".")[:2]
    release = f"{major}.{minor}"
    header = f"#define CUDART_VERSION {int(major) * 1000 + int(minor) * 10}\n"
    pin = f"cuda-version >={release},<{major}.{int(minor) + 1}.0a0"
    channel.add("cuda-version", release, noarch="generic", constrains=[f"__cuda >={major}"])
    channel.add(
        "cuda-nvcc",
        version,
        depends=[pin, f"cuda-cudart-dev {version}.*"],
        files={
            "bin/nvcc": _NVCC.format(minor=release, version=version),
            "etc/conda/activate.d/cuda-nvcc.sh": _ACTIVATE.format(version=version),
            "etc/conda/deactivate.d/cuda-nvcc.sh": _DEACTIVATE,
        },
    )
    channel.add(
        "cuda-cudart-dev",
        version,
        depends=[pin],
        files={"targets/x86_64-linux/include/cuda_runtime.h": header},
    )
    channel.add(
        "cuda-toolkit",
        version,
        depends=[pin, f"cuda-nvcc {version}.*", f"cuda-cudart-dev {version}.*"],
        noarch="generic",
    )
    channel.add("cuda-libraries-dev", version, depends=[pin, f"cuda-cudart-dev {version}.*"], noarch="generic")
