"""The requirements that a backend asks for (PEP 517, ``get_requires_for_build_*``), and whether a plan has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from interlock.builds.run.errors import RequirementsUnmetError
from interlock.builds.run.findings import requirements_unmet
from interlock.core.markers import applies
from interlock_hooks.types import BuildMode, BuildPlan, Environment

if TYPE_CHECKING:
    from pathlib import Path


def require_held(
    plan: BuildPlan,
    asked: Sequence[str],
    versions: Mapping[str, str],
    environment: Environment,
    *,
    log: Path | None = None,
) -> None:
    """See that a build environment with these ``versions`` holds what the backend asks for.

    Raises :class:`RequirementsUnmetError` (IL442) with what it does not hold.
    """
    python = environment.locked.resolution.python
    # What the plan already holds was decided on when it was made: the environment's version may differ on purpose.
    planned = {entry.requirement for entry in plan.requirements}
    unmet = tuple(
        text
        for text in asked
        if text not in planned and applies(requirement := Requirement(text), python) and not _met(requirement, versions)
    )
    if unmet:
        raise RequirementsUnmetError(requirements_unmet(plan.package, unmet, log), unmet)


def planned_versions(plan: BuildPlan, environment: Environment) -> dict[str, str]:
    """The version of each distribution that the build environment of a plan will hold, without making it."""
    resolution = environment.locked.resolution
    over = plan.mode is BuildMode.NO_ISOLATION
    seen = {
        str(entry.name): entry.version for entry in resolution.provided if over or entry.record in plan.base_records
    }
    packages = (*(resolution.packages if over else ()), *plan.overlay)
    return seen | {str(package.name): package.version for package in packages}


def _met(requirement: Requirement, versions: Mapping[str, str]) -> bool:
    version = versions.get(canonicalize_name(requirement.name))
    return version is not None and requirement.specifier.contains(version, prereleases=True)
