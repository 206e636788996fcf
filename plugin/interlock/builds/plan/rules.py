"""Planning: the mode of a build, its environment, and the builds that have to run first. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import NormalizedName, canonicalize_name

from interlock.builds.plan import findings
from interlock.builds.plan.closure import (
    Closure,
    conda_closure,
    environment_closure,
    runtime_closure,
)
from interlock.builds.plan.credentials import public
from interlock.builds.plan.requirements import is_met, is_resolved, name_of
from interlock.builds.plan.tools import build_tools
from interlock.core.markers import applies
from interlock.core.pep508 import required_name
from interlock_hooks.types import (
    BuildMode,
    BuildPlan,
    BuildRequirement,
    CondaSolution,
    EnvironmentRequest,
    Finding,
    InterlockError,
    PackageBuildOptions,
    PyPIPackage,
    Resolution,
)

if TYPE_CHECKING:
    from interlock.builds.sources.build_system import BuildSystem


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContext:
    """The input of a plan: the request, and its conda solution and resolution."""

    request: EnvironmentRequest
    resolution: Resolution
    conda: CondaSolution


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A plan whose overlay is not resolved yet.

    ``pins`` are the distributions of the resolution that the build sees and that resolving the overlay must keep;
    ``wanted`` the requirements that they do not already meet; ``offered`` tools that would help and may be missing.
    """

    plan: BuildPlan
    pins: Closure
    wanted: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def plan_build(
    package: PyPIPackage,
    system: BuildSystem,
    context: PlanContext,
    *,
    declared: Sequence[BuildRequirement] | None = None,
    requirements: Sequence[BuildRequirement] = (),
    variables: Mapping[str, str] | None = None,
) -> Draft:
    """Plan the build of ``package`` with what the hooks (and with them the manifest) ask for.

    ``declared`` is what the build system requires, if some of it has a source of its own.

    Raises :class:`InterlockError`: IL410 when a matched package is not in the resolution, IL411 when ``match-runtime``
    comes with a version, IL412 when a matched version contradicts the sdist's own requirements, IL415 when the
    manifest asks for isolation and for matching, IL416 for a requirement that is not valid.
    """
    options = context.request.build.package(package.name)
    extra = _checked(_unique((*options.requirements, *requirements)), package, context)
    mode = _mode(options, context.request, extra)
    if declared is None:
        declared = [BuildRequirement(requirement=text, origin="backend") for text in system.requires]
    if options.mode is BuildMode.MATCHED:
        declared = [_matched(entry, context.resolution) for entry in declared]
    plan = BuildPlan(
        package=package,
        mode=mode,
        requirements=(*(entry for entry in declared if _applies(entry, context)), *extra),
        variables=public(sorted({**(variables or {}), **dict(options.variables)}.items())),
        config_settings=public(
            sorted({**dict(context.request.build.config_settings), **dict(options.config_settings)}.items())
        ),
    )
    if mode is BuildMode.NO_ISOLATION:
        return _over_environment(plan, context)
    return _over_nothing(plan, context)


def listed_without_build(context: PlanContext) -> list[Finding]:
    """Warnings about packages that the manifest says how to build, although the resolution has a wheel of them."""
    build = context.request.build
    listed = build.no_isolation.names | {options.name for options in build.packages}
    return [
        findings.only_a_wheel(package, build.package(package.name).where)
        for package in context.resolution.packages
        if canonicalize_name(package.name) in {canonicalize_name(name) for name in listed} and not package.needs_build
    ]


def wheels_needed(plan: BuildPlan, resolution: Resolution) -> tuple[NormalizedName, ...]:
    """The packages of ``resolution`` whose wheels must be at hand before the backend of ``plan`` can be run at all.

    A build without isolation also waits for what it needs at run time only, which its backend can do without. What it
    requires has to work, and so comes with what that requires.
    """
    seen = {package.name for package in plan.overlay}
    if plan.mode is BuildMode.NO_ISOLATION:
        seen |= runtime_closure(resolution, {name_of(entry) for entry in plan.requirements}).versions.keys()
    return tuple(name for name in plan.after if name in seen)


def _mode(options: PackageBuildOptions, request: EnvironmentRequest, extra: Sequence[BuildRequirement]) -> BuildMode:
    if options.mode is not None:
        matching = next((entry for entry in extra if entry.match_runtime), None)
        if options.mode is BuildMode.ISOLATED and matching is not None:
            raise InterlockError(findings.isolated_and_matched(options, matching))
        return options.mode
    if options.name in request.build.no_isolation:
        return BuildMode.NO_ISOLATION
    return BuildMode.MATCHED if extra else BuildMode.ISOLATED


def _matched(entry: BuildRequirement, resolution: Resolution) -> BuildRequirement:
    """A declared requirement of a build that is to match: what the environment has of it, unless that does not fit.

    Tools that leave no trace need not match, and a requirement of a source of its own names something else.
    """
    requirement, versions = Requirement(entry.requirement), environment_closure(resolution).versions
    fits = is_met(requirement, versions) and not requirement.url and entry.index is None
    return replace(entry, match_runtime=True) if fits and name_of(entry) not in build_tools().traceless else entry


def _over_nothing(plan: BuildPlan, context: PlanContext) -> Draft:
    """The draft of an isolated or matched build: nothing is visible but the matched packages with their closure."""
    resolution = context.resolution
    roots = {name_of(entry) for entry in plan.requirements if entry.match_runtime}
    closure = runtime_closure(resolution, roots)
    versions = closure.versions
    plain = [entry for entry in plan.requirements if not entry.match_runtime]
    contradicted = {
        name_of(entry) for entry in plain if not is_met(Requirement(entry.requirement), versions, absent=True)
    }
    for entry in plain:
        if name_of(entry) in contradicted & roots:
            raise InterlockError(findings.contradiction(plan.package, entry, versions[name_of(entry)]))
    # A package that only came along as a dependency of a matched one may differ where the sdist insists on it.
    pins = _without(closure, contradicted)
    base = conda_closure(context.conda, (entry.record for entry in pins.provided)) if pins.provided else ()
    return Draft(
        plan=replace(
            plan,
            overlay=pins.packages,
            base_records=base,
            after=tuple(package.name for package in pins.packages if package.needs_build),
        ),
        pins=pins,
        wanted=tuple(entry.requirement for entry in plain if not is_met(Requirement(entry.requirement), pins.versions)),
        offered=_offered(plan, pins),
    )


def _over_environment(plan: BuildPlan, context: PlanContext) -> Draft:
    """The draft of a build without isolation: the environment is visible, the overlay fills its gaps."""
    resolution = context.resolution
    held = _without(environment_closure(resolution), {plan.name})
    versions = held.versions
    contradicted = [
        entry for entry in plan.requirements if not is_met(Requirement(entry.requirement), versions, absent=True)
    ]
    traceless = build_tools().traceless
    # A build tool may differ from the environment's, it leaves no trace. Anything else must be what the result will
    # run with: that is what building without isolation is asked for.
    pins = _without(held, {name_of(entry) for entry in contradicted} & traceless)
    missing = [entry for entry in plan.requirements if name_of(entry) not in pins.versions]
    return Draft(
        plan=replace(plan, after=_before_no_isolation(plan, resolution)),
        pins=pins,
        wanted=tuple(entry.requirement for entry in missing),
        offered=_offered(plan, pins),
        findings=tuple(
            findings.environment_differs(plan.package, entry, versions[name_of(entry)])
            for entry in contradicted
            if name_of(entry) in pins.versions
        ),
    )


def _before_no_isolation(plan: BuildPlan, resolution: Resolution) -> tuple[NormalizedName, ...]:
    """What must be installed first: built packages that this one needs, at run time or while it is built."""
    named = {name_of(entry) for entry in plan.requirements}
    needs = runtime_closure(resolution, [*map(required_name, plan.package.requires), *named]).packages
    return tuple(
        package.name
        for package in needs
        # Two packages that need each other cannot both come first; then neither waits.
        if package.needs_build
        and package.name != plan.name
        and (package.name in named or plan.name not in runtime_closure(resolution, [package.name]).versions)
    )


def _offered(plan: BuildPlan, pins: Closure) -> tuple[str, ...]:
    seen = {name_of(entry) for entry in plan.requirements} | set(pins.versions)
    return tuple(
        tool
        for name, tools in build_tools().offered.items()
        if name in pins.versions
        for tool in tools
        if canonicalize_name(tool) not in seen
    )


def _checked(
    entries: Sequence[BuildRequirement], package: PyPIPackage, context: PlanContext
) -> tuple[BuildRequirement, ...]:
    applying = []
    for entry in entries:
        requirement = _parsed(entry, package)
        if not applies(requirement, context.resolution.python):
            continue
        applying.append(entry)
        if not entry.match_runtime:
            continue
        if requirement.specifier or requirement.url:
            raise InterlockError(findings.matched_with_version(package, entry))
        if not is_resolved(canonicalize_name(requirement.name), context.resolution):
            raise InterlockError(findings.matched_not_resolved(package, entry))
    return tuple(applying)


def _parsed(entry: BuildRequirement, package: PyPIPackage) -> Requirement:
    try:
        return Requirement(entry.requirement)
    except InvalidRequirement as error:
        raise InterlockError(findings.invalid_requirement(package, entry, str(error))) from error


def _unique(entries: Sequence[BuildRequirement]) -> tuple[BuildRequirement, ...]:
    """Each requirement once, the first one wins: the manifest's come through its hook as well."""
    found: dict[tuple[str, bool], BuildRequirement] = {}
    for entry in entries:
        found.setdefault((entry.requirement, entry.match_runtime), entry)
    return tuple(found.values())


def _applies(entry: BuildRequirement, context: PlanContext) -> bool:
    return applies(Requirement(entry.requirement), context.resolution.python)


def _without(closure: Closure, names: set[NormalizedName]) -> Closure:
    return Closure(
        tuple(package for package in closure.packages if package.name not in names),
        tuple(entry for entry in closure.provided if entry.name not in names),
    )
