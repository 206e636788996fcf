"""The planner: from a resolved sdist to a plan that the lock can record."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from interlock.build.backend import BuildSystem, read_build_system
from interlock.build.overlay import Resolve, lock_overlay
from interlock.build.plan import PlanContext, plan_build
from interlock.build.source import fetch_tree
from interlock_hooks.types import (
    Artifact,
    BuildPlan,
    BuildRequirement,
    CondaSolution,
    EnvironmentRequest,
    Event,
    FindingReported,
    PyPIPackage,
    Resolution,
)

AskRequirements = Callable[[PyPIPackage, Resolution], Sequence[BuildRequirement]]
AskVariables = Callable[[PyPIPackage, Resolution], Mapping[str, str]]

# Origins of requirements that a build taught us; they stay in the plan until the manifest says the same.
LEARNED = frozenset({"discovery", "get-requires"})


class Planner:
    """Plans builds for one environment.

    ``resolve``, ``requirements`` and ``variables`` are the hooks of those names. Sources are fetched once per artifact,
    only to read what they declare.
    """

    def __init__(
        self,
        request: EnvironmentRequest,
        conda: CondaSolution,
        *,
        resolve: Resolve,
        requirements: AskRequirements,
        variables: AskVariables,
        emit: Callable[[Event], None],
    ) -> None:
        self._request = request
        self._conda = conda
        self._resolve = resolve
        self._requirements = requirements
        self._variables = variables
        self._emit = emit
        self._systems: dict[Artifact, BuildSystem] = {}

    def plan(
        self,
        package: PyPIPackage,
        resolution: Resolution,
        *,
        learned: Sequence[BuildRequirement] = (),
        previous: BuildPlan | None = None,
    ) -> BuildPlan:
        """The complete plan for ``package``.

        ``learned`` are requirements that earlier attempts found out; those that ``previous`` records are kept as well.
        Raises :class:`InterlockError` as fetching, :func:`plan_build` and :func:`lock_overlay` do.
        """
        context = PlanContext(request=self._request, resolution=resolution, conda=self._conda)
        known = tuple(entry for entry in previous.requirements if entry.origin in LEARNED) if previous else ()
        draft = plan_build(
            package,
            self.build_system(package.artifact),
            context,
            requirements=_still_possible((*self._requirements(package, resolution), *known, *learned), resolution),
            variables=self._variables(package, resolution),
        )
        for finding in draft.findings:
            self._emit(FindingReported(finding=finding))
        return lock_overlay(draft, context, self._resolve, previous)

    def build_system(self, artifact: Artifact) -> BuildSystem:
        """What the source of ``artifact`` declares about its build."""
        if artifact not in self._systems:
            with tempfile.TemporaryDirectory(prefix="interlock-source-") as folder:
                tree = fetch_tree(artifact, Path(folder), root=self._request.root)
                self._systems[artifact] = read_build_system(tree)
        return self._systems[artifact]


def _still_possible(entries: Sequence[BuildRequirement], resolution: Resolution) -> tuple[BuildRequirement, ...]:
    """Without discovered matches whose package has left the resolution: nobody asked for them by hand."""
    return tuple(
        entry
        for entry in entries
        if entry.origin not in LEARNED
        or not entry.match_runtime
        or resolution.get(entry.requirement) is not None
        or resolution.get_provided(entry.requirement) is not None
    )
