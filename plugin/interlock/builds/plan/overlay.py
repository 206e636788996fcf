"""Locking a plan: its overlay resolved to exact artifacts, with the resolver of the environment itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.requirements import Requirement as Pep508

from interlock.builds.plan import findings
from interlock.builds.plan.closure import Closure
from interlock.builds.plan.tools import build_tools
from interlock.core.codes import CODE_NOT_ALLOWED, INDEX_UNREACHABLE, NOT_CACHED
from interlock.core.findings import not_cached_for
from interlock.core.pep508 import required_name
from interlock.core.requirements import admits
from interlock_hooks.types import (
    BuildMode,
    BuildPlan,
    BuildRequirement,
    Finding,
    InterlockError,
    NameSelection,
    ProvidedDistribution,
    PyPIOptions,
    PyPIPackage,
    PyPIRequest,
    Requirement,
    Resolution,
)

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from interlock.builds.plan.rules import Draft, PlanContext

Resolve = Callable[[PyPIRequest], Resolution]


def lock_overlay(draft: Draft, context: PlanContext, resolve: Resolve, previous: BuildPlan | None = None) -> BuildPlan:
    """The plan of ``draft`` with every package of its overlay resolved to one artifact.

    ``resolve`` is asked with the packages that the build sees as fixed, and prefers the environment's versions of the
    others. ``previous`` is an earlier plan for the same package whose tools are kept where they still fit. Raises
    :class:`InterlockError` (IL417) when nothing fits, and IL650 when that cannot be known without a network.
    """
    failures: list[InterlockError] = []
    for pins, wanted in _attempts(draft):
        if not wanted:
            return draft.plan
        request = _request(draft.plan, pins, wanted, context, previous)
        resolution = _resolved(draft.plan.name, request, resolve, failures)
        if resolution is not None:
            return _with_overlay(draft.plan, pins, wanted, resolution)
    # What the user has to know is why it fails as asked, not why it fails with the tools that we would add.
    problem = failures[1 if draft.offered else 0]
    raise InterlockError(_failure(draft, context, problem.findings[0]), *problem.findings[1:]) from problem


def _failure(draft: Draft, context: PlanContext, cause: Finding) -> Finding:
    plan = draft.plan
    if cause.code == CODE_NOT_ALLOWED:
        return cause
    if cause.code != INDEX_UNREACHABLE:
        return findings.overlay_unsatisfiable(plan.package, plan.mode.value, cause)
    isolated = plan.mode is not BuildMode.NO_ISOLATION
    at_hand = _from_conda(draft.wanted, context.resolution) if isolated else []
    return findings.tools_unreachable(plan.package, plan.mode.value, draft.wanted, at_hand, cause)


def _from_conda(wanted: Sequence[str], resolution: Resolution) -> list[str]:
    """The distributions of conda's that meet the requirements, if they meet all of them."""
    asked = [Pep508(text) for text in wanted]
    found = [(each, resolution.get_provided(each.name)) for each in asked]
    fit = [f"{entry.name} {entry.version}" for each, entry in found if entry and admits(each.specifier, entry.version)]
    return fit if len(fit) == len(wanted) else []


def _resolved(
    package: str, request: PyPIRequest, resolve: Resolve, failures: list[InterlockError]
) -> Resolution | None:
    try:
        return resolve(request)
    except InterlockError as error:
        if error.findings[0].code == NOT_CACHED:
            # With a network there might be a better plan than without it.
            raise InterlockError(not_cached_for(package, error.findings[0])) from error
        failures.append(error)
        return None


def _attempts(draft: Draft) -> Iterator[tuple[Closure, tuple[str, ...]]]:
    """What to ask for, best first: with offered tools, without them, and with build tools free to differ."""
    if draft.offered:
        yield draft.pins, (*draft.wanted, *draft.offered)
    yield draft.pins, draft.wanted
    traceless = build_tools().traceless
    free = Closure(
        tuple(package for package in draft.pins.packages if package.name not in traceless),
        tuple(entry for entry in draft.pins.provided if entry.name not in traceless),
    )
    if draft.plan.mode is BuildMode.NO_ISOLATION and free != draft.pins:
        yield free, draft.wanted


def _request(
    plan: BuildPlan, pins: Closure, wanted: tuple[str, ...], context: PlanContext, previous: BuildPlan | None
) -> PyPIRequest:
    request = context.request
    return PyPIRequest(
        environment=f"{request.name}, build of {plan.name}",
        python=context.resolution.python,
        root=str(request.root),
        requirements=tuple(_requirement(text, plan, context) for text in wanted),
        constraints=request.build.constraints,
        provided=(*pins.provided, *(_fixed(package) for package in pins.packages)),
        options=_options(request.pypi),
        preferred=_preferred(context.resolution, previous),
    )


def _preferred(resolution: Resolution, previous: BuildPlan | None) -> tuple[tuple[NormalizedName, str], ...]:
    """The versions to take where the requirements leave a choice.

    What reaches the result (numpy, torch) should be what the result runs with, even if no line asks to match
    it. Tools are kept as the earlier plan had them.
    """
    traceless = build_tools().traceless
    earlier = {package.name: package.version for package in previous.overlay} if previous else {}
    provided = {entry.name: entry.version for entry in resolution.provided}
    environment = provided | {package.name: package.version for package in resolution.packages}
    matching = {name: version for name, version in environment.items() if name not in traceless}
    return tuple(sorted((earlier | matching).items()))


def _requirement(text: str, plan: BuildPlan, context: PlanContext) -> Requirement:
    """A requirement of the build, from the index that it names.

    Without one, what the environment has from an index of its own comes from there as well.
    """
    name = required_name(text)
    named = next((entry.index for entry in plan.requirements if entry.requirement == text and entry.index), None)
    if named:
        return Requirement(name=name, text=text, index=named, origin=f"build of {plan.name}")
    resolved = context.resolution.get(name)
    general = {index.url for index in context.request.pypi.indexes if not index.explicit}
    index = resolved.index if resolved is not None and resolved.index not in general else None
    return Requirement(name=name, text=text, index=index, origin=f"build of {plan.name}")


def _fixed(package: PyPIPackage) -> ProvidedDistribution:
    return ProvidedDistribution(name=package.name, version=package.version, record=str(package))


def _options(options: PyPIOptions) -> PyPIOptions:
    # As in uv, which versions the environment should have says nothing of what builds it.
    options = replace(options, resolution=None)
    # `no-binary` for everything is about what ends up in the environment. To build every build backend from source
    # would need build backends without end.
    if options.no_binary.everything:
        return replace(options, no_binary=NameSelection(names=options.no_binary.names))
    return options


def _with_overlay(plan: BuildPlan, pins: Closure, wanted: tuple[str, ...], resolution: Resolution) -> BuildPlan:
    held = set(pins.versions)
    added = [package for package in resolution.packages if package.name not in held]
    matched: list[PyPIPackage] = [package for package in plan.overlay if package.name in held]
    known = {entry.requirement for entry in plan.requirements}
    offered = tuple(BuildRequirement(requirement=text, origin="interlock") for text in wanted if text not in known)
    return replace(
        plan,
        overlay=tuple(sorted((*matched, *added), key=lambda package: package.name)),
        requirements=(*plan.requirements, *offered),
    )
