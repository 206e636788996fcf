"""The requests of the manifest and the plugins, as the lines that a graph starts from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.core.pep508 import required_name
from interlock.core.urls import discreet
from interlock.graph.model import Line

if TYPE_CHECKING:
    from interlock.graph.model import EdgeKind, Settings
    from interlock_hooks.types import CondaRequest, CondaSpec, EnvironmentRequest, Requirement, SystemRequirement

_PYPI_SETTINGS = (
    "indexes",
    "find-links",
    "index-strategy",
    "no-index",
    "resolution",
    "prerelease",
    "prerelease-package",
    "exclude-newer",
    "exclude-newer-package",
    "no-build",
    "no-binary",
)


def manifest_lines(
    conda: CondaRequest,
    requirements: Sequence[Requirement],
    *,
    constraints: Sequence[str],
    overrides: Sequence[str],
    system: Sequence[SystemRequirement],
) -> tuple[Line, ...]:
    """The lines of what is asked of both resolvers, conda's first; of ``requirements`` those whose markers hold."""
    found = [*_conda(conda), *_pypi(requirements, constraints, overrides), *_machine(system)]
    return tuple(replace(line, key=f"line:{number}") for number, line in enumerate(found))


def manifest_settings(request: EnvironmentRequest) -> Settings:
    """What the manifest says about which packages there are to choose from, and which to prefer."""
    pypi = {key: getattr(request.pypi, key.replace("-", "_")) for key in _PYPI_SETTINGS}
    return {
        "conda": {
            "channels": request.channels,
            "channel-priority": request.channel_priority,
            "solve-strategy": request.solve_strategy,
            "exclude-newer": request.conda_exclude_newer,
            "exclude-newer-channel": request.conda_exclude_newer_channel,
            "exclude-newer-package": request.conda_exclude_newer_package,
        },
        "pypi": {**pypi, "torch-backend": request.torch_backend},
    }


def _conda(request: CondaRequest) -> Iterator[Line]:
    kinds: dict[EdgeKind, tuple[CondaSpec, ...]] = {"needs": request.specs, "limits": request.constraints}
    for kind, specs in kinds.items():
        for spec in specs:
            origin, where = spec.origin, spec.where
            yield Line(key="", name=spec.name, text=spec.spec, ecosystem="conda", kind=kind, origin=origin, where=where)


def _pypi(requirements: Iterable[Requirement], constraints: Iterable[str], overrides: Iterable[str]) -> Iterator[Line]:
    for entry in requirements:
        text = discreet(entry.text)
        yield Line(key="", name=entry.name, text=text, ecosystem="pypi", origin=entry.origin, where=entry.where)
    for origin, texts in (("the constraints", constraints), ("the overrides", overrides)):
        for text in texts:
            name = required_name(text)
            yield Line(key="", name=name, text=text, ecosystem="pypi", kind="limits", origin=origin)


def _machine(system: Iterable[SystemRequirement]) -> Iterator[Line]:
    for entry in system:
        text = f"{entry.name} {entry.version}"
        yield Line(key="", name=entry.name, text=text, ecosystem="conda", kind="declares", where=entry.where)
