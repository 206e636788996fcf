"""Making a CUDA toolkit in a prefix visible to compilers and build systems.

Conda's toolkit is split: programs lie in ``bin``, headers and libraries in ``targets/<platform>``. torch's
``cpp_extension``, CMake and plain compiler calls look in ``CUDA_HOME`` and in the compilers' own search paths.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# NVIDIA names ARM servers sbsa and embedded boards aarch64.
_TARGETS = {"x86_64": ("x86_64-linux",), "aarch64": ("sbsa-linux", "aarch64-linux")}
# The plan of a build names in it the wheels (NAME==VERSION, blanks between them) that complete conda's toolkit.
WHEELS_VARIABLE = "INTERLOCK_CUDA_WHEELS"
# Conda's compilers have the target in their names, so that nothing finds them that is not told.
_COMPILERS = {"CC": ("cc", "gcc", "clang"), "CXX": ("c++", "g++", "clang++")}


def cuda_target(prefix: Path, machine: str | None = None) -> Path | None:
    """The directory with headers and libraries of the toolkit in ``prefix``, or ``None`` if it holds no toolkit.

    ``machine`` is as in :func:`os.uname`, by default this machine's.
    """
    for name in _TARGETS.get(machine or os.uname().machine, ()):
        target = prefix / "targets" / name
        if (target / "include").is_dir():
            return target
    return None


def toolchain_environment(
    prefix: Path, variables: Mapping[str, str], *, inherited: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The activated ``variables`` of ``prefix``, plus what finds the CUDA toolkit in it; unchanged without one.

    ``CUDA_HOME`` and ``CUDA_PATH`` are left as activation or the manifest set them. A value that merely comes from the
    variables which activation started from (``inherited``) is replaced: two toolkits must not be mixed.
    Headers and libraries are appended to what ``CPATH`` and ``LIBRARY_PATH`` hold already. Where conda provides the
    compilers of host code, ``CC`` and ``CXX`` name them, and nvcc is told to use them (``NVCC_PREPEND_FLAGS``), unless
    activation has said something else.
    """
    result = dict(variables)
    has_compiler = (prefix / "bin" / "nvcc").exists()
    target = cuda_target(prefix)
    if has_compiler:
        _use_own_compilers(result, prefix, inherited or {})
        for name in ("CUDA_HOME", "CUDA_PATH"):
            if not result.get(name) or (inherited is not None and inherited.get(name) == result[name]):
                result[name] = str(prefix)
    if target is not None:
        # libcuda.so comes with the driver; its stub is only there to link against.
        _extend(result, "CPATH", (target / "include", target / "include" / "cccl"))
        _extend(result, "LIBRARY_PATH", (target / "lib", target / "lib" / "stubs"))
    return result


def extend_by_wheels(variables: dict[str, str], site_packages: Path, files: Iterable[str]) -> None:
    """Append the ``include`` and ``lib`` folders of wheels to what ``CPATH`` and ``LIBRARY_PATH`` hold already.

    ``files`` are those of the wheels, relative to ``site_packages``. NVIDIA's wheels for CUDA 12 have one pair of such
    folders each, those for CUDA 13 share one.
    """
    folders = {folder for file in files if (folder := _search_folder(PurePosixPath(file))) is not None}
    for variable, name in (("CPATH", "include"), ("LIBRARY_PATH", "lib")):
        _extend(variables, variable, [site_packages / folder for folder in sorted(folders) if folder.name == name])


def _search_folder(file: PurePosixPath) -> PurePosixPath | None:
    """The outermost folder of a file that compilers search: headers lie below it, in folders of any name."""
    return next((folder for folder in reversed(file.parents) if folder.name in ("include", "lib")), None)


def _use_own_compilers(variables: dict[str, str], prefix: Path, inherited: Mapping[str, str]) -> None:
    for name, programs in _COMPILERS.items():
        own = _conda_compiler(prefix, programs)
        if own is not None and (not variables.get(name) or variables[name] == inherited.get(name)):
            variables[name] = own
    # Imported here, as few environments have a compiler of CUDA and every `env run` comes by.
    import shlex

    from interlock.core.programs import find_program

    compiler = shlex.split(variables.get("CXX", ""))
    path = find_program(compiler[0], str(prefix / "bin")) if compiler else None
    flags = variables.get("NVCC_PREPEND_FLAGS", "")
    told = variables.get("NVCC_CCBIN") or "-ccbin" in flags or "--compiler-bindir" in flags
    if path is not None and path.startswith(f"{prefix}{os.sep}") and not told:
        variables["NVCC_PREPEND_FLAGS"] = f"-ccbin={path} {flags}".strip()


def _conda_compiler(prefix: Path, programs: Iterable[str]) -> str | None:
    names = (f"{os.uname().machine}-conda-linux-gnu-{program}" for program in programs)
    return next((str(prefix / "bin" / name) for name in names if (prefix / "bin" / name).exists()), None)


def _extend(variables: dict[str, str], name: str, folders: Iterable[Path]) -> None:
    entries = [entry for entry in variables.get(name, "").split(os.pathsep) if entry]
    entries += [str(folder) for folder in folders if folder.is_dir() and str(folder) not in entries]
    if entries:
        variables[name] = os.pathsep.join(entries)
