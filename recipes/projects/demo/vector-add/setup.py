"""Compiles one CUDA source with the environment's nvcc, and deliberately declares no requirements."""

import os
import shutil
import subprocess
from pathlib import Path

import numpy
from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.dist import Distribution


class BuildCuda(build_py):
    def run(self):
        super().run()
        target = Path(self.build_lib, "vector_add", "libvector_add.so")
        nvcc = shutil.which("nvcc")
        if nvcc is None:
            raise SystemExit("error: nvcc is not on PATH")
        # CMake's variable, which Interlock sets from the manifest: 80-real;90-real;90-virtual
        architectures = [entry.partition("-") for entry in os.environ.get("CUDAARCHS", "75").split(";")]
        codes = [(number, "compute" if kind == "virtual" else "sm") for number, _, kind in architectures]
        print("compiling with", nvcc, "for", os.environ["CONDA_PREFIX"])
        subprocess.check_call(
            [
                *(nvcc, "-O2", "-shared", "-Xcompiler", "-fPIC"),
                *(f"-gencode=arch=compute_{number},code={code}_{number}" for number, code in codes),
                *(f'-DNUMPY_VERSION="{numpy.__version__}"', f'-DNVCC_PATH="{nvcc}"'),
                *("vector_add/kernel.cu", "-o", str(target)),
            ]
        )


class BinaryDistribution(Distribution):
    def has_ext_modules(self):
        return True


setup(
    name="vector-add",
    version="1.0",
    packages=["vector_add"],
    package_data={"vector_add": ["*.so"]},
    install_requires=["numpy"],
    cmdclass={"build_py": BuildCuda},
    distclass=BinaryDistribution,
)
