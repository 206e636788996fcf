"""Run code from both sdists inside the environment, and print what it was built with."""

import sys
from importlib.metadata import version

import numpy as np
import vector_add
from pesq import pesq

result, place = vector_add.add([1, 2, 3], [10, 20, 30])
built = vector_add.built_with()
print(f"python {sys.version.split()[0]} in {sys.prefix}")
print(f"vector-add: {result.tolist()} computed on the {place}")
print(f"  compiled by nvcc {built['cuda_version']}: {built['nvcc_path']}")
print(f"  built against numpy {built['numpy_version']}, running with numpy {np.__version__}")

rate = 16000
time = np.arange(2 * rate) / rate
clean = np.sin(2 * np.pi * 440 * time) * (1 + 0.5 * np.sin(2 * np.pi * 3 * time))
noisy = clean + 0.01 * np.random.default_rng(0).standard_normal(clean.size)
print(f"pesq {version('pesq')}: speech quality {pesq(rate, clean, noisy, 'wb'):.2f}")

assert built["nvcc_path"].startswith(sys.prefix), "nvcc is not the environment's"
assert built["numpy_version"] == np.__version__, "built against another numpy"
