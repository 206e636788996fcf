"""Single requirements of a plan: which distribution they name, and whether it is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName, canonicalize_name

from interlock.core.pep508 import required_name
from interlock.core.requirements import admits
from interlock_hooks.types import UNKNOWN_VERSION

if TYPE_CHECKING:
    from packaging.requirements import Requirement

    from interlock_hooks.types import BuildRequirement, Resolution


def name_of(entry: BuildRequirement) -> NormalizedName:
    """The name of the distribution that a valid requirement (PEP 508) asks for."""
    return required_name(entry.requirement)


def is_resolved(name: NormalizedName, resolution: Resolution) -> bool:
    """Whether a distribution will be in the environment, from PyPI or from conda."""
    return resolution.get(name) is not None or resolution.get_provided(name) is not None


def is_met(requirement: Requirement, versions: Mapping[NormalizedName, str], *, absent: bool = False) -> bool:
    """Whether ``versions`` satisfy a requirement; ``absent`` is the answer for names that they do not hold."""
    version = versions.get(canonicalize_name(requirement.name))
    if version is None:
        return absent
    # Of a source tree whose version only its backend knows, nothing is held against it.
    return admits(requirement.specifier, None if version == UNKNOWN_VERSION else version)
