"""What a prebuilt wheel has to fit: the interpreter, and the torch of the resolution with its CUDA and C++ ABI."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from interlock.core.cuda_versions import CudaVersion, plain_version, written_version
from interlock.core.tags import supported_tags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.tags import Tag

    from interlock_hooks.types import CondaSolution, PyPIPackage, PythonTarget, Resolution

# The wheels whose version is the CUDA release that a torch on an index was built with: it requires one of them exactly.
_RUNTIME = re.compile(r"nvidia-cuda-(?:runtime|nvrtc)(?:-cu\d+)?\Z|cuda-toolkit\Z")
_OTHER_PLATFORM = re.compile(r"cpu|xpu|rocm\d+(?:\.\d+)*")
# PyTorch's wheels for Linux have the new ABI of libstdc++ from 2.7 on, and those of 2.6 for CUDA 12.6 and later
# (release notes of PyTorch 2.6). conda's packages have always had it.
_NEW_ABI, _MIXED_ABI, _FIRST_CUDA = Version("2.7"), Version("2.6"), CudaVersion(12, 6)


@dataclass(frozen=True)
class Target:
    """What is known of an environment; an empty field is not known, ``torch`` is ``None`` where there is none.

    ``platform`` and ``cuda`` are torch's, in the words of :class:`~interlock.builds.prebuilt.claims.Claims`.
    ``versions`` are those of all distributions, by name, and ``machine`` those of the virtual packages.
    """

    python: PythonTarget
    torch: Version | None = None
    platform: str | None = None
    cuda: CudaVersion | None = None
    cxx11_abi: bool | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    machine: Mapping[str, str] = field(default_factory=dict)

    @property
    def backend(self) -> str | None:
        """Torch's CUDA, or what else it computes on, as PyTorch's indexes write it: ``cu128``, ``cpu``."""
        return f"cu{self.cuda}".replace(".", "") if self.cuda else self.platform

    @cached_property
    def tags(self) -> dict[Tag, int]:
        """The wheel tags that the interpreter supports, each with its place: the best is 0."""
        return {tag: place for place, tag in enumerate(supported_tags(self.python))}


def target_of(resolution: Resolution, conda: CondaSolution) -> Target:
    """What a prebuilt wheel has to fit in a resolution on a conda solution."""
    return replace(
        _torch_of(resolution, conda),
        versions={
            **{each.name: each.version for each in resolution.provided},
            **{each.name: each.version for each in resolution.packages},
        },
        # The processor's name is the build string of __archspec; its version says nothing.
        machine={
            each.name: each.build if each.name == "__archspec" else each.version
            for each in conda.virtual_packages
            if each.version
        },
    )


def _torch_of(resolution: Resolution, conda: CondaSolution) -> Target:
    python = resolution.python
    package, provided = resolution.get("torch"), resolution.get_provided("torch")
    if provided is not None:
        record = next((each for each in conda.records if each.name == provided.record), None)
        build = record.build if record else ""
        cuda = written_version(build)
        other = _OTHER_PLATFORM.search(build)
        platform = "cuda" if cuda else other[0] if other else None
        return Target(python, _version(provided.version), platform, cuda, cxx11_abi=True if _is_linux(python) else None)
    if package is None:
        return Target(python)
    version, cuda = _version(package.version), _cuda_of(package)
    other = _OTHER_PLATFORM.search((version.local if version else None) or "")
    platform = "cuda" if cuda else other[0] if other else None
    return Target(python, version, platform, cuda, _abi(version, cuda) if _is_linux(python) else None)


def _is_linux(python: PythonTarget) -> bool:
    return python.platform.startswith("linux-")


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _cuda_of(torch: PyPIPackage) -> CudaVersion | None:
    """The CUDA of a torch from an index: of its local version, else of the NVIDIA wheels that it requires."""
    written = written_version(torch.version.partition("+")[2])
    if written is not None:
        return written
    for text in torch.requires:
        try:
            required = Requirement(text)
        except InvalidRequirement:
            continue
        pins = [each.version for each in required.specifier if each.operator == "=="]
        if pins and _RUNTIME.match(canonicalize_name(required.name)):
            return plain_version(pins[0])
    return None


def _abi(torch: Version | None, cuda: CudaVersion | None) -> bool | None:
    if torch is None:
        return None
    release = Version(torch.public)
    if release >= _NEW_ABI:
        return True
    if release < _MIXED_ABI:
        return False
    return None if cuda is None else not _FIRST_CUDA.newer_than(cuda)
