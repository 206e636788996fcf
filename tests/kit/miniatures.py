"""Miniatures of packages whose builds are hard: the real shape, nothing of the real size."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import tomli_w

from interlock_hooks.testing.files import Content
from interlock_hooks.testing.index import Index
from interlock_hooks.testing.wheels import write_wheel
from kit.compiled import compile_library, extension_source

_TORCH = '''\
"""A torch that knows its version."""
__version__ = "{version}"
from . import version
'''
_TORCH_VERSION = 'cuda = "{cuda}"\nhip = None\n'
_EXTENSION = '''\
"""What torch.utils.cpp_extension tells a setup.py, and what it does for one: nvcc, or a refusal."""
import os
import re
import shutil
import subprocess

import torch.version
from setuptools import Extension as CUDAExtension
from setuptools.command.build_ext import build_ext

def _home():
    nvcc = shutil.which("nvcc")
    return os.environ.get("CUDA_HOME") or (nvcc and os.path.dirname(os.path.dirname(nvcc)))

CUDA_HOME = _home()
ROCM_HOME = None
IS_HIP_EXTENSION = False
CppExtension = CUDAExtension


class BuildExtension(build_ext):
    def build_extension(self, extension):
        nvcc = os.path.join(CUDA_HOME, "bin", "nvcc")
        release = re.search(r"release ([0-9]+)", subprocess.check_output([nvcc, "--version"], text=True))[1]
        if release != torch.version.cuda.split(".")[0]:
            raise RuntimeError("the detected CUDA version mismatches the version that was used to compile PyTorch")
        numbers = [name.replace(".", "") for name in os.environ["TORCH_CUDA_ARCH_LIST"].split(";")]
        flags = ["-gencode=arch=compute_%s,code=sm_%s" % (number, number) for number in numbers]
        target = self.get_ext_fullpath(extension.name)
        os.makedirs(os.path.dirname(target) or ".", exist_ok=True)
        subprocess.check_call([nvcc, *flags, "-shared", "-Xcompiler", "-fPIC", *extension.sources, "-o", target])
'''

_FLASH_ATTN = """\
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from setuptools import find_packages, setup

import torch
from torch.utils.cpp_extension import CUDA_HOME

import kit_built

if CUDA_HOME is None:
    raise RuntimeError("flash_attn was requested, but nvcc was not found")
kit_built.write("flash_attn", ["torch"])
setup(
    name="flash_attn",
    version="{version}",
    packages=find_packages(),
    package_data={{"flash_attn": ["built.json"]}},
    install_requires=["torch", "einops"],
)
"""

_TORCH_SCATTER = """\
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import torch
from setuptools import find_packages, setup

import kit_built

kit_built.write("torch_scatter", ["torch"])
setup(
    name="torch_scatter",
    version="{version}",
    packages=find_packages(),
    package_data={{"torch_scatter": ["built.json"]}},
    install_requires=[],
)
"""

_AXOLOTL = """\
import os
import sys
from importlib.metadata import PackageNotFoundError, version

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from setuptools import find_packages, setup

import kit_built

try:
    torch_version = version("torch")
except PackageNotFoundError:
    torch_version = "{assumed}"
minor = int(torch_version.split(".")[1])
xformers = "xformers==0.0.29" if minor < 7 else "xformers==0.0.30"
kit_built.write("axolotl", [])
setup(
    name="axolotl",
    version="{version}",
    packages=find_packages(),
    package_data={{"axolotl": ["built.json"]}},
    install_requires=["torch==" + torch_version, xformers],
    extras_require={{"flash-attn": ["flash-attn==2.7.4"], "deepspeed": []}},
)
"""

_KERNELS = """\
from setuptools import setup
from torch.utils.cpp_extension import BuildExtension, CUDAExtension

setup(
    name="{name}",
    version="{version}",
    ext_modules=[CUDAExtension("{name}", ["csrc/add.cu"])],
    cmdclass={{"build_ext": BuildExtension}},
)
"""
_KERNEL = """\
#include <cuda_runtime.h>
__global__ void add(float* a, const float* b) { a[threadIdx.x] += b[threadIdx.x]; }
extern "C" int launch() { add<<<1, 1>>>(nullptr, nullptr); return CUDART_VERSION; }
"""


_C10 = {
    "2.6.0": "namespace c10 { long check(const char *text) { return 26; } }",
    "2.7.0": "namespace c10 { long check(int line, const char *text) { return 27; } }",
}
_TORCH_LOADS = """\
import ctypes
import os

__version__ = "{version}"
ctypes.CDLL(os.path.join(os.path.dirname(__file__), "lib", "libc10.so"))
"""
# As torch.utils.cpp_extension does it: linked with torch's library, and no path to it.
_CPP_EXTENSION = """\
import os
import torch
from setuptools import Extension, setup

lib = os.path.join(os.path.dirname(torch.__file__), "lib")
ext = Extension("ext._ext", ["ext.cpp"], extra_link_args=["-L" + lib, "-l:libc10.so"])
setup(name="ext", version="1.0", packages=["ext"], ext_modules=[ext], install_requires=["torch"])
"""
_USES_C10 = {
    "2.6.0": ("namespace c10 { long check(const char *); }", 'c10::check("")'),
    "2.7.0": ("namespace c10 { long check(int, const char *); }", 'c10::check(1, "")'),
}


def add_compiled_torch(index: Index, folder: Path) -> None:
    """Wheels of two versions of ``torch`` with a C++ library each, which differ in the signature of ``c10::check``."""
    for version, source in _C10.items():
        library = compile_library(folder / version / "libc10.so", source)
        modules = {
            "torch/__init__.py": _TORCH_LOADS.format(version=version),
            "torch/lib/libc10.so": library.read_bytes(),
        }
        index.wheel("torch", version, modules=modules, tag="py3-none-linux_x86_64")


def add_cpp_extension(index: Index, version: str, *, build_requires: Sequence[str]) -> None:
    """An sdist of ``ext`` with an extension module in C++ for the ``version`` of :func:`add_compiled_torch`'s torch."""
    index.sdist(
        "ext",
        "1.0",
        requires=["torch"],
        setup_py=_CPP_EXTENSION,
        pyproject=tomli_w.dumps({"build-system": {"requires": ["setuptools", *build_requires]}}),
        modules={"ext/__init__.py": "import torch\nfrom ext._ext import answer\n"},
        files={"ext.cpp": extension_source("_ext", *_USES_C10[version])},
    )


def cpp_extension_wheel(folder: Path, version: str) -> Path:
    """A wheel of ``ext`` that was built against a ``version`` of torch elsewhere."""
    library = compile_library(folder / version / "libc10.so", _C10[version])
    module = compile_library(folder / "_ext.so", extension_source("_ext", *_USES_C10[version]), needs=[library])
    modules: dict[str, Content] = {"ext/__init__.py": "import torch\nfrom ext._ext import answer\n"}
    modules["ext/_ext.so"] = module.read_bytes()
    return write_wheel(folder, "ext", "1.0", requires=["torch"], modules=modules, tag="py3-none-linux_x86_64")


def add_torch(index: Index, *versions: str, cuda: str = "12.4") -> None:
    """Wheels of ``torch`` at each version, with the parts that builds of extensions look at."""
    for version in versions:
        modules = {
            "torch/__init__.py": _TORCH.format(version=version),
            "torch/version.py": _TORCH_VERSION.format(cuda=cuda),
            "torch/utils/__init__.py": "",
            "torch/utils/cpp_extension.py": _EXTENSION,
        }
        index.wheel("torch", version, requires=["typing-extensions"], modules=modules)
    index.wheel("typing-extensions", "4.12.0", modules={"typing_extensions.py": ""})


def add_flash_attn(index: Index, *versions: str) -> None:
    """Sdists of ``flash-attn``: ``setup.py`` imports torch, wants nvcc, and says nothing of either."""
    for version in versions:
        index.sdist(
            "flash-attn",
            version,
            dynamic=True,
            setup_py=_FLASH_ATTN.format(version=version),
            modules={"flash_attn/__init__.py": f'__version__ = "{version}"\n'},
        )
    index.wheel("einops", "0.8.0")


def add_torch_scatter(index: Index, *versions: str) -> None:
    """Sdists of ``torch-scatter``: no ``pyproject.toml``, torch imported to find out what to compile."""
    for version in versions:
        index.sdist("torch-scatter", version, dynamic=True, setup_py=_TORCH_SCATTER.format(version=version))


def add_axolotl(index: Index, *versions: str, assumed_torch: str = "2.6.0") -> None:
    """Sdists of ``axolotl``: what it requires follows the torch that is installed where its metadata is made."""
    for version in versions:
        index.sdist("axolotl", version, dynamic=True, setup_py=_AXOLOTL.format(version=version, assumed=assumed_torch))
    index.wheel("xformers", "0.0.29", requires=["torch==2.6.0"])
    index.wheel("xformers", "0.0.30", requires=["torch==2.7.0"])


def add_kernels(index: Index, name: str = "kernels", version: str = "1.0") -> None:
    """An sdist that compiles CUDA with torch's extension builder; only its source tells."""
    index.sdist(name, version, setup_py=_KERNELS.format(name=name, version=version), files={"csrc/add.cu": _KERNEL})
