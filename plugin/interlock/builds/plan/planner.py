"""The planner: from a resolved sdist to a plan that the lock can record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from interlock.builds.plan.imported import undeclared_imports
from interlock.builds.plan.overlay import Resolve, lock_overlay
from interlock.builds.plan.requirements import is_resolved, name_of
from interlock.builds.plan.rules import PlanContext, plan_build
from interlock.builds.plan.tools import build_tools
from interlock.builds.plan.visible import planned_versions, unmet_build_requirements
from interlock.core.scratch import temporary_directory
from interlock.core.urls import local_path
from interlock_hooks.types import (
    Artifact,
    BuildMode,
    BuildPlan,
    BuildRequirement,
    CondaSolution,
    EnvironmentRequest,
    Event,
    Finding,
    FindingReported,
    InterlockError,
    PyPIPackage,
    Resolution,
    SourceTree,
)

if TYPE_CHECKING:
    from interlock.builds.sources.build_system import BuildSystem
    from interlock.builds.sources.look import Look
    from interlock.builds.sources.static.facts import StaticMetadata
    from interlock.builds.sources.static.setup_py.following import Script

T = TypeVar("T")
AskRequirements = Callable[[PyPIPackage, Resolution], Sequence[BuildRequirement]]
DeclaredRequirements = Callable[[Path, Sequence[str]], tuple[BuildRequirement, ...]]
AskVariables = Callable[[PyPIPackage, Resolution, SourceTree], Mapping[str, str]]


class Planner:
    """Plans builds for one environment.

    ``resolve``, ``requirements`` and ``variables`` are the hooks of those names. ``declared`` gives what the build
    system of a local source tree requires with the sources that this tree names for it. Sources are only fetched to
    read what they declare; ``seen`` has what archives and repositories showed before.
    """

    def __init__(
        self,
        request: EnvironmentRequest,
        conda: CondaSolution,
        *,
        resolve: Resolve,
        requirements: AskRequirements,
        variables: AskVariables,
        declared: DeclaredRequirements,
        emit: Callable[[Event], None],
        seen: dict[Artifact, Look] | None = None,
    ) -> None:
        self._request = request
        self._conda = conda
        self._resolve = resolve
        self._requirements = requirements
        self._variables = variables
        self._declared = declared
        self._emit = emit
        self._seen = {} if seen is None else seen
        self._trees: dict[Artifact, Look] = {}
        self._followed: dict[Artifact, Script] = {}

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
        known = tuple(entry for entry in previous.requirements if entry.is_learned) if previous else ()
        entries = (*self._requirements(package, resolution), *known, *learned)
        plan, findings = self._planned(package, resolution, entries, previous)
        while new := self._imported(plan, resolution):
            try:
                plan, findings = self._planned(package, resolution, (*entries, *new), previous)
            except InterlockError:
                # Nobody asked for what is only imported: the build will say what becomes of it.
                break
            entries += new
        while new := self._asked(plan, resolution):
            entries += new
            plan, findings = self._planned(package, resolution, entries, previous)
        for finding in findings:
            self._emit(FindingReported(finding=finding))
        return plan

    def why_to_ask(self, plan: BuildPlan, resolution: Resolution) -> str | None:
        """Why only the backend can tell what it asks for when it is called; ``None`` if the plan holds that."""
        return self._look(plan.package).why_to_ask(planned_versions(plan, resolution))

    def _planned(
        self,
        package: PyPIPackage,
        resolution: Resolution,
        requirements: Sequence[BuildRequirement],
        previous: BuildPlan | None,
    ) -> tuple[BuildPlan, tuple[Finding, ...]]:
        """The plan with exactly these requirements, beside what the manifest and the source declare."""
        context = PlanContext(request=self._request, resolution=resolution, conda=self._conda)
        look = self._look(package)
        draft = plan_build(
            package,
            look.system,
            context,
            declared=self._declared_by(package.artifact, look.system),
            requirements=_up_to_date(requirements, resolution),
            variables=self._variables(package, resolution, look.source),
        )
        plan = lock_overlay(draft, context, self._resolve, previous)
        return replace(plan, programs=look.programs), draft.findings

    def _imported(self, plan: BuildPlan, resolution: Resolution) -> tuple[BuildRequirement, ...]:
        """What the build surely imports and the plan lacks, unless the manifest wants no such additions."""
        build = self._request.build
        if build.discovery != "auto" or build.package(plan.name).mode is BuildMode.ISOLATED:
            return ()
        modules = self._look(plan.package).modules
        return tuple(undeclared_imports(plan, modules, planned_versions(plan, resolution), resolution))

    def _asked(self, plan: BuildPlan, resolution: Resolution) -> tuple[BuildRequirement, ...]:
        """What the backend asks for, as far as the source proves that, and the plan lacks."""
        versions = planned_versions(plan, resolution)
        asked = self._look(plan.package).asked_in(versions) or ()
        unmet = unmet_build_requirements(plan, asked, versions, resolution.python)
        return tuple(BuildRequirement(requirement=text, origin="get-requires") for text in unmet)

    def source(self, package: PyPIPackage) -> SourceTree:
        """What the source of ``package`` consists of. Raises :class:`InterlockError` as fetching does."""
        return self._look(package).source

    def states_requirements(self, package: PyPIPackage) -> bool:
        """Whether the source of ``package`` promises what it requires. Raises as :meth:`source`."""
        return self._look(package).promises

    def static_metadata(self, package: PyPIPackage) -> StaticMetadata:
        """What the source of ``package`` proves of its metadata. Raises :class:`InterlockError` as fetching does."""
        # Imported here: most plans are made with metadata that is known otherwise.
        from interlock.builds.sources.static.reading import read_static

        return self.read(package, partial(read_static, follow=partial(self._follow, package.artifact)))

    def read(self, package: PyPIPackage, look: Callable[[Path], T]) -> T:
        """What ``look`` finds in the source of ``package``. Raises :class:`InterlockError` as fetching does."""
        # Imported here: a planner is made for every environment, most of which have no source to fetch.
        from interlock.builds.sources.source_tree import fetch_tree

        with temporary_directory() as folder:
            return look(fetch_tree(package.artifact, folder, root=self._request.root))

    def _declared_by(self, artifact: Artifact, system: BuildSystem) -> tuple[BuildRequirement, ...] | None:
        if artifact.kind != "directory":
            return None
        return self._declared(
            local_path(artifact.url, self._request.root) / (artifact.subdirectory or ""), system.requires
        )

    def _look(self, package: PyPIPackage) -> Look:
        seen = self._trees if package.artifact.kind == "directory" else self._seen
        if package.artifact not in seen:
            # Imported here as in `read`.
            from interlock.builds.sources.look import look_at

            seen[package.artifact] = self.read(
                package, partial(look_at, package, follow=partial(self._follow, package.artifact))
            )
        return seen[package.artifact]

    def _follow(self, artifact: Artifact, tree: Path) -> Script:
        """What the setup.py of a source shows: followed once, as that can take seconds, unless it may have changed."""
        # Imported here as in `read`.
        from interlock.builds.sources.static.setup_py.following import follow_script

        if artifact.kind == "directory":
            return follow_script(tree)
        if artifact not in self._followed:
            self._followed[artifact] = follow_script(tree)
        return self._followed[artifact]


def _up_to_date(entries: Sequence[BuildRequirement], resolution: Resolution) -> tuple[BuildRequirement, ...]:
    """What was discovered, as this resolution would have it discovered.

    A package that has joined the resolution since is matched now; one that has left it is not, and is dropped if
    nothing is known that could take its place. Nobody asked for these by hand, so none of this is an error.
    """
    fitted = (_fitted(entry, resolution) if entry.origin == "discovery" else entry for entry in entries)
    return tuple(entry for entry in fitted if entry is not None)


def _fitted(entry: BuildRequirement, resolution: Resolution) -> BuildRequirement | None:
    name = name_of(entry)
    tools = build_tools()
    resolved = is_resolved(name, resolution)
    if resolved and name not in tools.traceless:
        return replace(entry, requirement=name, match_runtime=True)
    if not entry.match_runtime or resolved:
        return entry
    known = tools.requirement_for(name)
    return None if known is None else replace(entry, requirement=known, match_runtime=False)
