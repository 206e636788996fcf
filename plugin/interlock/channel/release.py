"""A CUDA release: which version of every component belongs to 13.0, 13.1 and so on.

NVIDIA publishes that as the requirements of the metapackage `cuda-toolkit` on the Python package index.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from interlock.channel import findings
from interlock.channel.packages import SUBDIR
from interlock.core.markers import applies
from interlock.engines.python.wheels import wheel_metadata
from interlock_hooks.types import PythonTarget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

METAPACKAGE = "cuda-toolkit"
# What the packages are made for, whatever runs this.
TARGET = PythonTarget(version="3.12.0", platform=SUBDIR)
# The first major version whose wheels contain nvcc and cicc; those of CUDA 12 have only ptxas and libnvvm.
FIRST_MAJOR = 13


@dataclass(frozen=True, slots=True)
class Release:
    """CUDA `minor` ("13.0"): the toolkit's own version and the version of each component by distribution name."""

    minor: str
    version: str
    pins: Mapping[str, str]

    @property
    def templates(self) -> dict[str, str]:
        """What {minor}, {next} and {major} stand for in the recipe."""
        major, minor = map(int, self.minor.split("."))
        return {"minor": self.minor, "next": f"{major}.{minor + 1}", "major": str(major)}

    def pin(self, component: str) -> str:
        """The version of `component`; InterlockError (IL708) when the release does not have it."""
        if component not in self.pins:
            raise findings.component_missing(component, self.version)
        return self.pins[component]

    @property
    def fingerprint(self) -> list[str]:
        """All versions, for the digest of what is made from them."""
        return [self.version, *(f"{name}=={version}" for name, version in sorted(self.pins.items()))]


def check_minor(version: str) -> str:
    """`version` if it can be a release that packages can be made of.

    Raises InterlockError (IL703) when it is not MAJOR.MINOR, or older than CUDA 13.
    """
    if not re.fullmatch(r"\d+\.\d+", version) or int(version.split(".")[0]) < FIRST_MAJOR:
        raise findings.cuda_unavailable(version, ())
    return version


def read_release(minor: str, metapackage: Path) -> Release:
    """The release that the wheel `metapackage` describes."""
    _, version, _, _ = parse_wheel_filename(metapackage.name)
    try:
        metadata = wheel_metadata(metapackage)
    except (zipfile.BadZipFile, ValueError) as error:
        metapackage.unlink(missing_ok=True)
        raise findings.wheel_damaged(metapackage) from error
    return Release(minor, str(version), choose_pins(metadata.get("requires_dist", [])))


def choose_pins(requirements: Iterable[str]) -> dict[str, str]:
    """The version of every distribution in the metapackage's extra `all`.

    Most are `==13.0.88.*`. nvjitlink is `<14,>=13.0.88` so that a newer one may serve several toolkits; the lower
    bound is the one that was released with this toolkit.
    """
    pins: dict[str, str] = {}
    for text in requirements:
        requirement = Requirement(text)
        if not applies(requirement, TARGET, extra="all"):
            continue
        for specifier in requirement.specifier:
            if specifier.operator in {"==", ">="}:
                pins[canonicalize_name(requirement.name)] = specifier.version.removesuffix(".*")
    return pins


def find_release(minor: str, fetch: Callable[[str, str], Path]) -> Release:
    """The release of CUDA `minor`; `fetch(name, version)` gives the wheel of a distribution.

    Raises InterlockError (IL703, IL704).
    """
    return read_release(check_minor(minor), fetch(METAPACKAGE, f"{minor}.*"))
