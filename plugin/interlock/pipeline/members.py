"""The environments of a solve group: each one's part of the group's answer, and who asks for what in a conflict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.requirements import Requirement as Pep508

from interlock.core.markers import marker_environment
from interlock.pipeline.conda_side import CondaSide, suppliers_of
from interlock.pipeline.pypi_side import PyPISide
from interlock.resolve.verify import violations
from interlock.solve.from_pypi import asked_of_pypi, choices
from interlock.solve.members import conda_part, reached, resolution_part
from interlock.solve.request import make_conda_request
from interlock_hooks.types import CondaSolution, EnvironmentRequest, InterlockError, Metadata, PyPIPackage, Resolution

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packaging.utils import NormalizedName

    from interlock.plugins.manager import Plugins
    from interlock_hooks.types import CondaRecord, Finding, Location, ProvidedDistribution, PyPIRequest, Solve


@dataclass(frozen=True, slots=True)
class Part:
    """What one environment gets of the answer to its group."""

    conda: CondaSolution
    resolution: Resolution


def part_of(
    member: EnvironmentRequest, solve: Solve, conda: CondaSolution, resolution: Resolution, plugins: Plugins
) -> Part:
    """A member's part of the answer to a solve: what it asks for itself, and all that this needs.

    Raises :class:`InterlockError` (IL321) if that is not everything that the member asks for.
    """
    suppliers = suppliers_of(member)
    allowed = frozenset["NormalizedName"]().union(*choices(member, suppliers))
    by_pypi = frozenset(name for name in allowed if resolution.get(name))
    member = asked_of_pypi(member, by_pypi, suppliers) if by_pypi else member
    specs = make_conda_request(member, plugins.conda_request(member), conda.virtual_packages).specs
    asking = _Asking(member, by_pypi, resolution, plugins)
    names = {spec.name for spec in specs}
    while True:
        own = conda_part(conda, names)
        request = asking.on(own)
        texts = [each.text for each in request.requirements]
        found = reached(resolution, texts, solve.request.overrides, marker_environment(request.python))
        supplied = {each.record for each in resolution.provided if each.name in found}
        if supplied <= {record.name for record in own.records}:
            break
        names |= supplied
    part = _editable_as_asked(resolution_part(resolution, found, own, request.python), member)
    # Constraints and overrides of one member hold for all.
    asked = replace(
        request,
        provided=part.provided,
        constraints=solve.request.constraints,
        overrides=solve.request.overrides,
        metadata=solve.request.build.metadata,
    )
    if wrong := violations(asked, part):
        raise InterlockError(*wrong)
    return Part(own, part)


class _Asking:
    """What a member asks of PyPI on a part of the group's conda solution, with what plugins add."""

    def __init__(
        self,
        member: EnvironmentRequest,
        by_pypi: frozenset[NormalizedName],
        resolution: Resolution,
        plugins: Plugins,
    ) -> None:
        def supplied(records: Sequence[CondaRecord], *_: object) -> tuple[ProvidedDistribution, ...]:
            names = {record.name for record in records}
            return tuple(each for each in resolution.provided if each.record in names)

        conda = CondaSide(member, plugins, None, supplied, plugins.conda_solve)
        self._side = PyPISide(member, plugins, None, conda, lambda _: _Resolved(), by_pypi, plugins.pypi_resolve)

    def on(self, conda: CondaSolution) -> PyPIRequest:
        return self._side.asked(conda)


class _Resolved:
    """Sdists that were resolved with the group: nothing is asked of them."""

    def metadata(self, package: PyPIPackage, _: Resolution) -> Metadata:
        raise AssertionError(f"{package} is resolved already")

    def doubted(self, *_: object) -> bool:
        return False


def _editable_as_asked(resolution: Resolution, member: EnvironmentRequest) -> Resolution:
    """Directories are editable as the member itself has it; that says nothing about versions."""
    editable = {each.name: each.editable for each in member.requirements if Pep508(each.text).url}
    packages = tuple(
        replace(each, artifact=replace(each.artifact, editable=editable[each.name]))
        if each.artifact.kind == "directory" and each.name in editable
        else each
        for each in resolution.packages
    )
    return replace(resolution, packages=packages)


def told_by_member(error: InterlockError, solve: Solve) -> InterlockError:
    """The error of a group, with the names of those who ask for what is in conflict."""
    if solve.group is None:
        return error
    asking = _asking(solve)
    return InterlockError(*(_told(finding, solve, asking) for finding in error.findings))


def _told(finding: Finding, solve: Solve, asking: Mapping[Location | None, str]) -> Finding:
    steps = tuple(
        replace(step, text=f"{step.text} ({asking[step.where]})") if step.where in asking else step
        for step in finding.derivation
    )
    details = [*finding.details]
    if finding.where in asking and all(step.where != finding.where for step in steps):
        details.append(f"{finding.where} is a line of {asking[finding.where]}")
    details.append(f"solved together as solve group {solve.group}: {', '.join(solve.names)}")
    return replace(finding, derivation=steps, details=tuple(details))


def _asking(solve: Solve) -> Mapping[Location | None, str]:
    """The environments with a line of the manifest, in words, for lines that not all of them have."""
    found: dict[Location | None, dict[str, None]] = {}
    for member in solve.members:
        for place in _places(member):
            found.setdefault(place, {})[member.name] = None
    return {
        place: f"environment{'s' if len(names) > 1 else ''} {', '.join(names)}"
        for place, names in found.items()
        if len(names) < len(solve.members)
    }


def _places(member: EnvironmentRequest) -> Iterator[Location]:
    specs = (*member.conda_specs, *member.conda_constraints)
    places = [
        *(spec.where for spec in specs),
        *(each.where for each in member.requirements),
        *(each.where for each in member.system_requirements),
    ]
    return (place for place in places if place is not None)
