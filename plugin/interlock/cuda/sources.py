"""Whether a source compiles CUDA, judged by its files and build scripts; nothing in it is run."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from interlock.engines.gpus import ARCHITECTURE_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from interlock_hooks.types import SourceTree

# Directories whose CUDA sources are not part of what is installed.
_ASIDE = frozenset(
    {"test", "tests", "testing", "example", "examples", "sample", "samples", "doc", "docs", "benchmarks"}
)
_TORCH = re.compile(r"\bCUDAExtension\b")
# Among what a source surely uses.
_NVCC_CALL = "nvcc()"
_NVCC = re.compile(r"\bnvcc\b|\bCUDA_HOME\b|\bBuildExtension\b")
_CMAKE = re.compile(r"\b(?:project|enable_language|find_package)\s*\([^)]*\bCUDA(?:Toolkit)?\b", re.IGNORECASE)
_IF, _ENDIF = re.compile(r"if\s*\("), re.compile(r"endif\s*\(")
# Variables by which packages are told to build without CUDA: FLASH_ATTENTION_SKIP_CUDA_BUILD, FORCE_CUDA, USE_CUDA.
_SKIP = re.compile(r"(?:^|_)SKIP_CUDA(?:_|$)")
_WANT = re.compile(r"(?:^|_)(?:FORCE|USE|WITH|BUILD|ENABLE)_CUDA$")
_ARCHITECTURES = re.compile(
    r"(?:environ(?:\.get)?|getenv)\s*[(\[]\s*[\"']([A-Z0-9_]*CUDA_ARCH(?:S|ITECTURES|_LIST)?)[\"']"
)
_FALSE = frozenset({"", "0", "false", "off", "no"})


@dataclass(frozen=True, slots=True)
class CudaBuild:
    """A package whose build compiles CUDA.

    ``why`` says where that is seen; ``torch`` whether torch's extension builder does it; ``surely`` is the line of its
    setup.py if it does so in any case; ``own_variables`` are those beside torch's from which its scripts take
    architectures (flash-attn's ``FLASH_ATTN_CUDA_ARCHS``).
    """

    name: NormalizedName
    why: str
    torch: bool
    surely: str | None = None
    own_variables: tuple[str, ...] = ()


def cuda_build(source: SourceTree, variables: Mapping[str, str]) -> CudaBuild | None:
    """How a source compiles CUDA when built with ``variables``; ``None`` if it does not, as far as can be seen.

    Some sources decide while they are built, for example by whether torch sees a GPU. They count: that is what they are
    for.
    """
    found = None if is_declined(variables) else _found(source)
    if found is None:
        return None
    return replace(found, surely=source.uses.get(_NVCC_CALL), own_variables=_own_variables(source))


def _found(source: SourceTree) -> CudaBuild | None:
    # The project's own script tells more than those of parts of it.
    scripts = sorted(source.scripts.items(), key=lambda item: (item[0].count("/"), item[0]))
    for path, text in scripts:
        if path.endswith(".py") and _TORCH.search(text):
            return CudaBuild(source.name, f"{path} uses CUDAExtension of torch.utils.cpp_extension", torch=True)
    for path, text in scripts:
        if path.endswith("CMakeLists.txt") and _CMAKE.search(_unconditional(text)):
            return CudaBuild(source.name, f"{path} enables CUDA", torch=False)
    kernels = [path for path in source.files if path.endswith(".cu") and not _aside(path)]
    for path, text in scripts:
        if kernels and path.endswith(".py") and _NVCC.search(text):
            return CudaBuild(source.name, f"{path} compiles {_named(kernels)}", torch="BuildExtension" in text)
    return None


def _own_variables(source: SourceTree) -> tuple[str, ...]:
    named = {name for text in source.scripts.values() for name in _ARCHITECTURES.findall(text)}
    return tuple(sorted(named - set(ARCHITECTURE_VARIABLES)))


def _unconditional(cmake: str) -> str:
    """A CMake script without what it only does on some condition, and without comments."""
    kept, depth = [], 0
    for line in cmake.splitlines():
        text = line.partition("#")[0]
        word = text.strip().lower()
        depth += bool(_IF.match(word))
        if depth == 0:
            kept.append(text)
        depth -= bool(_ENDIF.match(word))
    return "\n".join(kept)


def is_declined(variables: Mapping[str, str]) -> bool:
    """Whether the variables of a build tell it to leave out CUDA."""
    return any(
        (_SKIP.search(name) and value.lower() not in _FALSE) or (_WANT.search(name) and value.lower() in _FALSE)
        for name, value in variables.items()
    )


def _aside(path: str) -> bool:
    return not _ASIDE.isdisjoint(PurePosixPath(path).parts[:-1])


def _named(kernels: list[str]) -> str:
    return kernels[0] if len(kernels) == 1 else f"{kernels[0]} and {len(kernels) - 1} more"
