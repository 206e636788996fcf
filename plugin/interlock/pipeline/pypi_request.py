"""The PyPI request: the manifest's, with the additions of plugins, and repairs of resolutions that do not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Pep508
from packaging.utils import canonicalize_name

from interlock.core.codes import INDEX_UNREACHABLE
from interlock.core.markers import applies
from interlock.pipeline.findings import not_repaired
from interlock.resolve.uv.errors import NoResolutionError
from interlock_hooks.types import (
    Finding,
    IndexRoute,
    InterlockError,
    PyPIAdditions,
    PyPIRequest,
    PythonTarget,
    Repair,
    Requirement,
    Resolution,
)

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

Resolve = Callable[[PyPIRequest], Resolution]
# Other ways to resolve, for a resolution, or for the finding with which there is none.
Repairs = Callable[["Resolution", "Finding | None"], "Sequence[Repair]"]


def verifying(resolve: Resolve) -> Resolve:
    """A resolver whose answers are checked, be it uv or a plugin's; raises :class:`InterlockError` (IL321)."""
    from interlock.resolve.verify import violations

    def verified(request: PyPIRequest) -> Resolution:
        resolution = resolve(request)
        if found := violations(request, resolution):
            raise InterlockError(*found)
        return resolution

    return verified


def with_additions(request: PyPIRequest, additions: Sequence[PyPIAdditions]) -> PyPIRequest:
    """The request with what plugins add; of several routes of a package the first one that is added counts."""
    options = request.options
    return replace(
        request,
        requirements=(*request.requirements, *(r for each in additions for r in each.requirements)),
        constraints=(*request.constraints, *(text for each in additions for text in each.constraints)),
        overrides=(*request.overrides, *(text for each in additions for text in each.overrides)),
        options=replace(options, indexes=(*options.indexes, *(i for each in additions for i in each.indexes))),
        routes=_distinct((*(route for each in additions for route in each.routes), *request.routes)),
    )


def for_target(request: PyPIRequest) -> PyPIRequest:
    """The request with those requirements alone whose marker holds on its interpreter and platform.

    Others must not decide anything: neither which index serves a package, nor whether it is pinned.
    """
    return replace(request, requirements=tuple(each for each in request.requirements if _applies(each, request.python)))


def _applies(requirement: Requirement, python: PythonTarget) -> bool:
    if ";" not in requirement.text:
        return True
    try:
        return applies(Pep508(requirement.text), python)
    except InvalidRequirement:
        return True  # the resolver says what is wrong with it


def _distinct(routes: Sequence[IndexRoute]) -> tuple[IndexRoute, ...]:
    """The routes without names that an earlier one has; a route that has none left goes, with its index."""
    taken: frozenset[NormalizedName] = frozenset()
    kept: list[IndexRoute] = []
    for route in routes:
        # A plugin may spell a name as it likes; missed, the package would come from any index.
        names = frozenset(map(canonicalize_name, route.names)) - taken
        if names:
            kept.append(replace(route, names=names))
        taken |= names
    return tuple(kept)


class Repairing:
    """Resolves, and where a plugin knows a better way, or one at all, that way; it is kept for later resolutions.

    So it is settled before any build backend is asked for metadata: a torch that does not fit is never downloaded.
    ``findings`` tell what was repaired, and what could not be.
    """

    def __init__(self, resolve: Resolve, repairs: Repairs) -> None:
        self._resolve = resolve
        self._repairs = repairs
        self._taken: Repair | None = None
        self.findings: tuple[Finding, ...] = ()

    def __call__(self, request: PyPIRequest) -> Resolution:
        """Resolve ``request``; raises what the resolver raises for the request as it is."""
        try:
            resolution = self._resolve(_repaired(request, self._taken))
        except NoResolutionError as refusal:
            nothing = Resolution(python=request.python, provided=request.provided)
            repairs = () if self._taken is not None else self._repairs(nothing, refusal.findings[0])
            rescued, _ = self._first(request, repairs)
            if rescued is None:
                raise
            return rescued
        if self._taken is not None or self.findings:
            return resolution
        repaired, failures = self._first(request, self._repairs(resolution, None))
        if repaired is not None:
            self.findings = tuple(replace(each, details=_changes(resolution, repaired)) for each in self.findings)
            return repaired
        if failures:
            self.findings = (not_repaired(failures),)
        return resolution

    def _first(self, request: PyPIRequest, repairs: Iterable[Repair]) -> tuple[Resolution | None, list[str]]:
        """The resolution of the first repair that has one, and why those before it have none."""
        failures: list[str] = []
        for repair in repairs:
            try:
                repaired = self._resolve(_repaired(request, repair))
            except InterlockError as error:
                failures.append(f"{repair.finding.what}: {error.findings[0].what}")
                # An index that does not respond takes time, and the next one is probably on the same server.
                if error.findings[0].code == INDEX_UNREACHABLE:
                    break
                continue
            self._taken, self.findings = repair, (repair.finding,)
            return repaired, failures
        return None, failures


def _repaired(request: PyPIRequest, repair: Repair | None) -> PyPIRequest:
    return request if repair is None else with_additions(request, [repair.additions])


def _changes(before: Resolution, after: Resolution) -> tuple[str, ...]:
    """What a repair changed, one package a line."""
    old = {package.name: package.version for package in before.packages}
    new = {package.name: package.version for package in after.packages}
    names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    return tuple(f"{name}: {old.get(name, 'not needed')} → {new.get(name, 'not needed')}" for name in names)
