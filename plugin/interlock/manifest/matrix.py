"""A matrix of versions, as ``--matrix`` writes it: which combinations it has, and what each asks of an environment."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product

from packaging.utils import canonicalize_name

from interlock.core.pep508 import NAME
from interlock_hooks.types.conda import CondaSpec
from interlock_hooks.types.environment import EnvironmentRequest, SystemRequirement

CUDA, PYTHON = "cuda", "python"
_ORIGIN = "--matrix"
_CUDA_VERSION, _DRIVER = "cuda-version", "__cuda"
_VERSION = re.compile(r"\d+(?:\.\d+)*")


@dataclass(frozen=True, slots=True)
class Axis:
    """A package, in normal form, or ``cuda``, and the versions that it is to have: ``2.6`` stands for all 2.6.*."""

    name: str
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Combination:
    """One version for each axis, in the order of the axes."""

    versions: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """For messages: ``python 3.12, torch 2.6``."""
        return ", ".join(f"{name} {version}" for name, version in self.versions)


def read_axes(words: Iterable[str]) -> tuple[Axis, ...]:
    """The axes that words such as ``torch=2.6,2.7`` describe. Raises :class:`ValueError` that says what is wrong."""
    axes: dict[str, Axis] = {}
    for word in words:
        name, sign, versions = word.partition("=")
        if not sign or not re.fullmatch(NAME, name):
            raise ValueError(f"{word!r} is not of the form NAME=VERSION,VERSION")
        axis = Axis(canonicalize_name(name), tuple(dict.fromkeys(versions.split(","))))
        if axis.name in axes:
            raise ValueError(f"{axis.name} is there twice")
        for version in axis.versions:
            if not _VERSION.fullmatch(version):
                raise ValueError(f"{version!r} in {word!r} is not a version such as 2 or 2.6")
        axes[axis.name] = axis
    return tuple(axes.values())


def combinations(axes: Iterable[Axis]) -> list[Combination]:
    """Every combination of versions; that of the last axis changes first. Without axes it is one that asks nothing."""
    choices = [[(axis.name, version) for version in axis.versions] for axis in axes]
    return [Combination(tuple(versions)) for versions in product(*choices)]


def combined(request: EnvironmentRequest, combination: Combination) -> EnvironmentRequest:
    """What an environment asks for, restricted to the versions of a combination.

    A package is restricted where it is asked for, in conda or on PyPI. ``cuda`` is the driver that conda may count on,
    the toolkit of ``cuda-version``, and the builds of torch where ``torch-backend`` is ``auto`` or one for CUDA.
    """
    for name, version in combination.versions:
        request = _with_cuda(request, version) if name == CUDA else _with_version(request, name, version)
    return request


def _with_version(request: EnvironmentRequest, name: str, version: str) -> EnvironmentRequest:
    asked = next((spec.name for spec in request.conda_specs if canonicalize_name(spec.name) == name), None)
    if asked is None and name != PYTHON:
        return replace(request, constraints=(*request.constraints, f"{name}=={version}.*"))
    return _with_conda(request, asked or PYTHON, version)


def _with_conda(request: EnvironmentRequest, name: str, version: str) -> EnvironmentRequest:
    spec = CondaSpec(spec=f"{name} {version}.*", origin=_ORIGIN)
    return replace(request, conda_constraints=(*request.conda_constraints, spec))


def _with_cuda(request: EnvironmentRequest, version: str) -> EnvironmentRequest:
    others = (each for each in request.system_requirements if each.name != _DRIVER)
    return replace(
        _with_conda(request, _CUDA_VERSION, version),
        system_requirements=(*others, SystemRequirement(name=_DRIVER, version=version)),
        torch_backend=_backend(request.torch_backend, version),
    )


def _backend(declared: str | None, version: str) -> str | None:
    """The torch backend of a release of CUDA, where the manifest wants one for CUDA, or leaves it open which."""
    open_to_it = declared is not None and (declared == "auto" or declared.startswith("cu"))
    return f"cu{version.replace('.', '')}" if open_to_it and "." in version else declared
