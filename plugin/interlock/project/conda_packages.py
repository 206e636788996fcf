"""The conda packages that the built wheels of an environment become, under the names that conda has for them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from interlock.builds.prebuilt.target import target_of
from interlock.builds.publishing import findings
from interlock.builds.publishing.conda_package import NoCondaNameError, package_of
from interlock.builds.publishing.labels import label_of
from interlock.builds.store.links import is_stable, linked_records
from interlock.core.activity import doing
from interlock.pipeline.naming import channel_suppliers
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from pathlib import Path

    from packaging.utils import NormalizedName

    from interlock.builds.publishing.conda_package import CondaPackage, NameOf
    from interlock.project.built_wheels import BuiltWheels
    from interlock.project.opening import Project
    from interlock_hooks.types import BuildPlan, Finding

_TORCH = ("pytorch", "libtorch")


def conda_packages(
    project: Project, built: BuiltWheels, there: Container[str]
) -> list[tuple[BuildPlan, Path, CondaPackage]]:
    """The conda package of each built wheel; ``there`` are the names that the channel has already.

    Raises :class:`InterlockError` as channels are read, and IL678 for all that conda packages cannot require.
    """
    target = target_of(built.locked.resolution, built.locked.conda)
    name_of = _conda_names(project, built, there)
    found: list[tuple[BuildPlan, Path, CondaPackage]] = []
    refused: list[Finding] = []
    for plan, wheel in built.wheels:
        doing(f"looking for what {plan.package} requires")
        try:
            label = label_of(plan.imports or (), target)
            package = package_of(
                wheel, target=target, label=label, linked=sorted(_linked(wheel, built)), name_of=name_of
            )
            found.append((plan, wheel, package))
        except NoCondaNameError as error:
            refused.append(findings.no_conda_name(str(plan.package), error.args))
    if refused:
        raise InterlockError(*refused)
    return found


def _conda_names(project: Project, built: BuiltWheels, there: Container[str]) -> NameOf:
    """Knows the conda package of a distribution: the environment's, one of its channels, or one that is published."""
    published = {plan.name for plan, _ in built.wheels}

    @cache
    def name_of(distribution: NormalizedName) -> str | None:
        provided = built.locked.resolution.get_provided(distribution)
        if provided is not None:
            return provided.record
        for each in channel_suppliers(distribution, built.request, project.plugins):
            if any(entry.name == distribution for entry in each.supplies):
                return each.record.name
        return distribution if distribution in published or distribution in there else None

    return name_of


def _linked(wheel: Path, built: BuiltWheels) -> Iterator[str]:
    """Specs of the conda packages with libraries that a wheel is linked with."""
    for name in linked_records(wheel, built.prefix, with_stable=True):
        record = built.locked.conda.get(name)
        if record is None or name == "python":
            continue
        if is_stable(name):
            yield f"{name} >={record.version}"
        else:
            # How far a library keeps its ABI is known to those who package it; torch does for a minor version.
            version = ".".join(record.version.split(".")[:2]) if name in _TORCH else record.version
            yield f"{name} {version}.*"
