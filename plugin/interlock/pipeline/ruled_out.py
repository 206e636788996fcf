"""What the project's own PyPI requirements rule out on conda's side, before anything is solved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from interlock.core.markers import marker_environment
from interlock.resolve.joint.needs import admits
from interlock.resolve.joint.nogoods import PYTHON, Nogood, one
from interlock.solve.direct import direct_requirements, is_wheel, unfit_pythons
from interlock_hooks.types import PythonTarget

if TYPE_CHECKING:
    from packaging.requirements import Requirement as Pep508
    from packaging.utils import NormalizedName

    from interlock_hooks.types import EnvironmentRequest, Requirement

# The versions of each name that conda could supply.
Versions = Callable[["Iterable[NormalizedName]"], "Mapping[NormalizedName, Sequence[str]]"]


def ruled_out(request: EnvironmentRequest, versions: Versions, *, urls: bool) -> Iterator[Nogood]:
    """The versions that requirements exclude.

    One with a URL rules out that conda supplies the name at all, and where it is a wheel, interpreters that cannot use
    it; not if ``urls`` is false.
    """
    if not request.requirements:
        return
    machine = marker_environment(PythonTarget(version="3", platform=request.platform))
    found = [
        (requirement, parsed)
        for requirement, parsed in direct_requirements(request, machine)
        if parsed.specifier or (parsed.url and urls)
    ]
    known = versions(dict.fromkeys(requirement.name for requirement, _ in found))
    nogoods = [_excluded(requirement, parsed, known[requirement.name]) for requirement, parsed in found]
    for requirement, parsed in found:
        if is_wheel(parsed):
            unfit = unfit_pythons(parsed, versions([PYTHON])[PYTHON], request.platform)
            nogoods.append(one(PYTHON, unfit, f"the wheel of {requirement.name}", requirement.where))
    yield from (nogood for nogood in nogoods if nogood.excluded)


def _excluded(requirement: Requirement, parsed: Pep508, versions: Sequence[str]) -> Nogood:
    excluded = frozenset(version for version in versions if parsed.url or not admits(parsed.specifier, version))
    return one(requirement.name, excluded, f"PyPI requirement {requirement.text!r}", requirement.where)
