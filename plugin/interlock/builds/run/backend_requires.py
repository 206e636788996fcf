"""The requirements that a backend asks for (PEP 517, ``get_requires_for_build_*``), and whether a plan has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from interlock.builds.plan.visible import unmet_build_requirements
from interlock.builds.run.errors import RequirementsUnmetError
from interlock.builds.run.findings import requirements_unmet

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.utils import NormalizedName

    from interlock_hooks.types import BuildPlan, Environment


def require_held(
    plan: BuildPlan,
    asked: Sequence[str],
    versions: Mapping[NormalizedName, str],
    environment: Environment,
    *,
    log: Path | None = None,
) -> None:
    """See that a build environment with these ``versions`` holds what the backend asks for.

    Raises :class:`RequirementsUnmetError` (IL442) with what it does not hold.
    """
    unmet = unmet_build_requirements(plan, asked, versions, environment.locked.resolution.python)
    if unmet:
        raise RequirementsUnmetError(requirements_unmet(plan.package, unmet, log), unmet)
