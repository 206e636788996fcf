"""Dependencies that are read well but cannot be had: they refuse the environments that contain them, and no others.

Such a dependency keeps its place among the others, so that features and targets are merged as always: one that a more
specific target replaces refuses nothing there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from interlock_hooks.types.conda import CondaSpec
from interlock_hooks.types.requirements import Requirement

if TYPE_CHECKING:
    from interlock.manifest.model import Layer
    from interlock_hooks.types.findings import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedSpec(CondaSpec):
    """A conda dependency that cannot be had; ``finding`` says why."""

    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRequirement(Requirement):
    """A PyPI dependency that cannot be had; ``finding`` says why."""

    finding: Finding


def refused(requirement: Requirement, finding: Finding) -> RefusedRequirement:
    """A requirement that cannot be had."""
    values = {field.name: getattr(requirement, field.name) for field in fields(requirement)}
    return RefusedRequirement(**values, finding=finding)


def refusals(layer: Layer) -> Iterator[Finding]:
    """Why an environment that contains this layer is refused, once for each dependency that cannot be had."""
    for entry in (*layer.specs.values(), *layer.constraints.values(), *layer.requirements):
        if isinstance(entry, (RefusedSpec, RefusedRequirement)):
            yield entry.finding
    for package in layer.dev.values():
        if package.refusal:
            yield package.refusal
        for spec in (spec for table in package.tables for specs in table.values() for spec in specs.values()):
            if isinstance(spec, RefusedSpec):
                yield spec.finding
