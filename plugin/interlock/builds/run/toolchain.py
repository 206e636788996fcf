"""The compilers that a build finds, and what identifies them."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.engines.environ import allowed_environment
from interlock.engines.process import ProcessTimeout, run

if TYPE_CHECKING:
    from interlock_hooks.types import CondaSolution

# Program -> the variable that names another one.
_PROGRAMS = (("cc", "CC"), ("c++", "CXX"), ("nvcc", "CUDACXX"), ("gfortran", "FC"), ("rustc", "RUSTC"))

# Conda packages whose content reaches what a compiler makes: compilers, linkers, system headers, CUDA's own headers.
_RECORDS = re.compile(
    r"^(?:(?:gcc|gxx|gfortran|clang|clangxx|binutils|ld|ld64|cctools|sysroot|libstdcxx-devel|libgcc-devel|kernel-headers"
    r"|rust|rust-std|c-compiler|cxx-compiler|fortran-compiler|compiler-rt|cuda-nvcc|cuda-crt|cuda-nvvm|cuda-cccl|cuda-tileiras)"
    r"(?:[-_].*)?|cuda-.*-dev(?:_.*)?|lib(?:cu|nv).*-dev)$"
)


def find_toolchain(variables: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The compilers that a build with these variables runs: pairs of program and path."""
    found = []
    for program, variable in _PROGRAMS:
        named = shlex.split(variables.get(variable, ""))
        path = shutil.which(named[0] if named else program, path=variables["PATH"])
        if path:
            found.append((program, path))
    return tuple(found)


def is_toolchain(record: str) -> bool:
    """Whether a conda package of that name reaches what a compiler makes."""
    return _RECORDS.match(record) is not None


def toolchain_identity(toolchain: tuple[tuple[str, str], ...], prefix: Path, conda: CondaSolution) -> tuple[str, ...]:
    """What tells toolchains apart: conda's compiler packages by hash, the system's by what they say they are."""
    records = sorted(f"{record} {record.sha256 or record.url}" for record in conda.records if is_toolchain(record.name))
    system = [
        f"{program}: {_version(path, _stamp(path))}"
        for program, path in toolchain
        if not Path(path).is_relative_to(prefix)
    ]
    return (*records, *system)


def _stamp(path: str) -> int:
    return Path(path).stat().st_mtime_ns


@cache
def _version(path: str, _stamp: int) -> str:
    try:
        done = run([path, "--version"], env=allowed_environment(), timeout=10)
    except (OSError, ProcessTimeout):
        return path
    return done.stdout.strip() or path
