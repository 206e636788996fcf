"""What the build environment of a plan will hold, without making it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from interlock.builds.plan.requirements import is_met
from interlock.core.markers import applies
from interlock_hooks.types import BuildMode, BuildPlan, PythonTarget, Resolution

if TYPE_CHECKING:
    from packaging.utils import NormalizedName


def planned_versions(plan: BuildPlan, resolution: Resolution) -> dict[NormalizedName, str]:
    """The version of each distribution that the build environment of a plan will hold."""
    over = plan.mode is BuildMode.NO_ISOLATION
    seen = {entry.name: entry.version for entry in resolution.provided if over or entry.record in plan.base_records}
    packages = (*(resolution.packages if over else ()), *plan.overlay)
    return seen | {package.name: package.version for package in packages}


def unmet_build_requirements(
    plan: BuildPlan, asked: Sequence[str], versions: Mapping[NormalizedName, str], python: PythonTarget
) -> tuple[str, ...]:
    """Those of the requirements that a build environment with these ``versions`` does not meet."""
    # What the plan already holds was decided on when it was made: the environment's version may differ on purpose.
    planned = {entry.requirement for entry in plan.requirements}
    return tuple(
        text
        for text in asked
        if text not in planned and applies(each := Requirement(text), python) and not is_met(each, versions)
    )
