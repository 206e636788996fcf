"""Requests in one line, and what to look at in the answer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement as Pep508
from packaging.utils import canonicalize_name

from interlock.resolve.plugin import ResolvePlugin
from interlock_hooks.types import (
    Index,
    Location,
    ProvidedDistribution,
    PyPIOptions,
    PyPIRequest,
    PythonTarget,
    Requirement,
    Resolution,
)

LINUX = PythonTarget(version="3.12.7", platform="linux-64", glibc="2.28")


def requirement(text: str, **options: Any) -> Requirement:
    """A requirement on line 7 of a manifest."""
    name = canonicalize_name(Pep508(text).name)
    return Requirement(name=name, text=text, where=Location(file="pyproject.toml", line=7, key=name), **options)


def provided(text: str) -> ProvidedDistribution:
    """What the conda package ``name`` provides in the version ``version``, as ``name version``."""
    name, version = text.split()
    return ProvidedDistribution(name=canonicalize_name(name), version=version, record=name)


@dataclass
class Asker:
    """Resolves against one index."""

    index: Index
    root: Path

    def request(self, *requirements: str | Requirement, conda: tuple[str, ...] = (), **options: Any) -> PyPIRequest:
        asked = tuple(requirement(entry) if isinstance(entry, str) else entry for entry in requirements)
        options.setdefault("options", PyPIOptions(indexes=(self.index,)))
        options.setdefault("python", LINUX)
        pins = tuple(map(provided, conda))
        return PyPIRequest(environment="default", root=str(self.root), requirements=asked, provided=pins, **options)

    def resolve(self, request: PyPIRequest) -> Resolution:
        return ResolvePlugin().interlock_pypi_resolve(request=request)

    def __call__(self, *requirements: str | Requirement, conda: tuple[str, ...] = (), **options: Any) -> Resolution:
        return self.resolve(self.request(*requirements, conda=conda, **options))


def versions(resolution: Resolution) -> dict[str, str]:
    return {package.name: package.version for package in resolution.packages}
