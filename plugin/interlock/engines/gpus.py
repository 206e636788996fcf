"""GPU architectures: how build tools want to read them, which GPUs this machine has, what an nvcc compiles for."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from interlock.engines.drivers import nvidia_smi
from interlock.engines.environ import allowed_environment
from interlock.engines.process import ProcessTimeout, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

# In the variables below: the GPUs of the machine that builds, and behind a bar the architectures for a machine without
# one. It stands in locks, which hold on all machines; builds never see it.
NATIVE = "native"
_OTHERWISE = "|"
CAPABILITY = re.compile(r"(\d+)\.(\d+)([af]?)(\+PTX)?\Z")
# Read by torch's extension builder, and by CMake as the default of CMAKE_CUDA_ARCHITECTURES.
ARCHITECTURE_VARIABLES = ("TORCH_CUDA_ARCH_LIST", "CUDAARCHS")

_SECONDS = 20.0


def architecture_variables(names: Sequence[str]) -> dict[str, str]:
    """The variables that make builds compile for compute capabilities such as ``9.0``, ``9.0a``, ``9.0+PTX``.

    For CMake a bare number means machine code and PTX, ``-real`` machine code alone.
    """
    parts = [part for name in names if (part := CAPABILITY.match(name)) is not None]
    cmake = [f"{part[1]}{part[2]}{part[3]}{'' if part[4] else '-real'}" for part in parts]
    return dict(zip(ARCHITECTURE_VARIABLES, (";".join(names), ";".join(cmake)), strict=True)) if parts else {}


def native_variables(otherwise: Sequence[str] = ()) -> dict[str, str]:
    """The variables that leave the architectures to the machine that builds.

    ``otherwise`` are the compute capabilities to compile for on a machine without a GPU; empty if none are known.
    """
    fallback = architecture_variables(otherwise)
    return {name: _OTHERWISE.join((NATIVE, *fallback.get(name, "").split())) for name in ARCHITECTURE_VARIABLES}


def is_native(name: str, value: str) -> bool:
    """Whether a variable leaves the architectures to the machine that builds."""
    return name in ARCHITECTURE_VARIABLES and value.split(_OTHERWISE)[0] == NATIVE


def without_gpu(value: str) -> str:
    """What a native value stands for on a machine without a GPU; empty if that is not known."""
    return value.partition(_OTHERWISE)[2]


@cache
def present_capabilities() -> tuple[str, ...]:
    """The compute capabilities of this machine's NVIDIA GPUs, each once, the lowest first; empty without a driver."""
    program = nvidia_smi()
    if program is None:
        return ()
    return _sorted(re.findall(r"^\s*(\d+\.\d+)\s*$", _said([program, *_QUERY]), flags=re.MULTILINE))


_QUERY = ("--query-gpu=compute_cap", "--format=csv,noheader")


def native_capabilities(prefix: Path) -> tuple[str, ...]:
    """What ``native`` means here: this machine's GPUs as far as the nvcc of ``prefix`` knows them, the last with PTX.

    A GPU that is newer than this nvcc runs the PTX of the newest architecture that it knows.
    """
    present = present_capabilities()
    known = _compiled_for(prefix / "bin" / "nvcc")
    wanted = _sorted(name if not known or name in known else _below(name, known) for name in present)
    return (*wanted[:-1], f"{wanted[-1]}+PTX") if wanted else ()


def _below(name: str, known: Sequence[str]) -> str:
    older = [each for each in known if _number(each) < _number(name)]
    return older[-1] if older else known[0]


def _compiled_for(nvcc: Path) -> tuple[str, ...]:
    if not nvcc.exists():
        return ()
    found = re.findall(r"^compute_(\d+)(\d)$", _said([str(nvcc), "--list-gpu-arch"]), flags=re.MULTILINE)
    return _sorted(f"{major}.{minor}" for major, minor in found)


def _said(command: Sequence[str]) -> str:
    try:
        done = run(command, env=allowed_environment(), timeout=_SECONDS)
    except (OSError, ProcessTimeout):
        return ""
    return done.stdout if done.returncode == 0 else ""


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names), key=_number))


def _number(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.split("."))
