"""Whether this machine may have an NVIDIA driver, answered without asking one: most machines that lock have none.

It errs on one side only. What is looked for is all that rattler and `nvidia-smi` look for, so that where nothing of it
is found, they find nothing either.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from interlock.core.programs import find_program
from interlock.engines.environ import SYSTEM_PATH

# Where nvidia-smi is if it is not among the system's programs: in WSL, and in containers that a driver is mounted into.
_ELSEWHERE = ("/usr/lib/wsl/lib", "/usr/local/nvidia/bin")
_LIBRARIES = ("libnvidia-ml.so", "libcuda.so")
# Beside the places of the dynamic linker; both libraries are looked for with the suffix .1 and without.
_FOLDERS = ("/usr/lib64/nvidia", "/usr/lib/x86_64-linux-gnu", "/usr/lib/wsl/lib")


def may_have_driver() -> bool:
    """Whether it is worth asking for a driver. Always true on other systems than Linux."""
    if sys.platform != "linux" or nvidia_smi() or find_program("nvidia-smi", os.environ.get("PATH", "")):
        return True
    names = [f"{library}{suffix}" for library in _LIBRARIES for suffix in (".1", "")]
    if any(Path(folder, name).exists() for folder in _FOLDERS for name in names):
        return True
    return any(map(_loads, names))


def nvidia_smi() -> str | None:
    """The program that tells about GPUs, among the system's programs and where containers and WSL have it."""
    return find_program("nvidia-smi", os.pathsep.join([SYSTEM_PATH, *_ELSEWHERE]))


def _loads(library: str) -> bool:
    import ctypes

    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
