"""CUDA versions, and the ways in which packages write them into names, versions and build strings."""

from __future__ import annotations

import re
from dataclasses import dataclass

# `+cu124`, `+pt26cu124`, `+cuda12.cudnn89`, `-cu12`, `-cuda12x`, `cuda126_generic`, `py3.10_cuda11.8_cudnn8`.
_WRITTEN = re.compile(
    r"(?:^|[^a-z])(?:pt\d+)?cu(?:da)?[-_]?(?P<digits>\d{2,3})(?:\.(?P<minor>\d+))?(?![0-9])", re.IGNORECASE
)
_PLAIN = re.compile(r"(?P<major>\d+)(?:\.(?P<minor>\d+))?")
# The oldest CUDA that packages name with two digits for major and minor is 8.0, the newest 10.0 is written with three.
_MAJOR_ONLY_BELOW = 20
_NVIDIA = re.compile(r"nvidia-(?P<library>.+?)(?:-cu\d{2})?\Z")


@dataclass(frozen=True, slots=True, order=True)
class CudaVersion:
    """A CUDA release; ``minor`` is ``None`` where only the major version is known."""

    major: int
    minor: int | None = None

    def __str__(self) -> str:
        return str(self.major) if self.minor is None else f"{self.major}.{self.minor}"

    @property
    def exact(self) -> bool:
        """Whether the minor version is known."""
        return self.minor is not None

    def differs_in_minor(self, other: CudaVersion) -> bool:
        """Whether both are known to be different releases of one major version."""
        return self.major == other.major and self.exact and other.exact and self.minor != other.minor

    def newer_than(self, other: CudaVersion) -> bool:
        """Whether this is known to be a newer release; an unknown minor version is not newer."""
        if self.major != other.major:
            return self.major > other.major
        return self.minor is not None and other.minor is not None and self.minor > other.minor


def plain_version(text: str) -> CudaVersion | None:
    """The CUDA version that a package's own version begins with: ``12.4.131`` is 12.4."""
    found = _PLAIN.match(text)
    if found is None:
        return None
    minor = found["minor"]
    return CudaVersion(int(found["major"]), None if minor is None else int(minor))


def written_version(text: str) -> CudaVersion | None:
    """The CUDA version that a name, a local version, a build string or an index's address mentions, if any.

    Two digits are a major version (``cu12``) unless there was none so high when they were used (``cu92`` is 9.2).
    """
    found = _WRITTEN.search(text)
    if found is None:
        return None
    digits, minor = found["digits"], found["minor"]
    if len(digits) == 2 and int(digits) < _MAJOR_ONLY_BELOW:
        return CudaVersion(int(digits), None if minor is None else int(minor))
    return CudaVersion(int(digits[:-1]), int(digits[-1]))


def nvidia_library(name: str) -> str | None:
    """The part of CUDA that a wheel of NVIDIA's brings, by its name: ``cudnn`` of ``nvidia-cudnn-cu12``."""
    found = _NVIDIA.match(name)
    return found["library"] if found else None
