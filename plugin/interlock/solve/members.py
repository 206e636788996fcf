"""An environment's part of the answer to its solve group: what it asks for, and all that this needs."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from packaging.requirements import Requirement as Pep508
from packaging.utils import NormalizedName, canonicalize_name

from interlock.core.requirements import Overrides, valid_requirements
from interlock_hooks.types import (
    CondaSolution,
    CondaSpec,
    LockedEnvironment,
    ProvidedDistribution,
    PyPIPackage,
    Resolution,
)

if TYPE_CHECKING:
    from interlock.core.markers import Variables
    from interlock_hooks.types import PythonTarget

_Entry = TypeVar("_Entry", PyPIPackage, ProvidedDistribution)
_Item = TypeVar("_Item")
# The extras that are asked of each distribution, in normal form; `""` stands for the distribution itself.
Reached = Mapping[NormalizedName, frozenset[str]]


def conda_part(conda: CondaSolution, names: Iterable[str]) -> CondaSolution:
    """The packages of a solution that these need, themselves included, in the same order."""
    records = {record.name: record for record in conda.records}
    waiting, found = deque(names), set[str]()
    while waiting:
        name = waiting.popleft()
        if name not in found and name in records:
            found.add(name)
            waiting.extend(CondaSpec(spec=text).name for text in records[name].depends)
    return replace(conda, records=tuple(record for record in conda.records if record.name in found))


def reached(
    resolution: Resolution, requirements: Iterable[str], overrides: Sequence[str], variables: Variables
) -> Reached:
    """The distributions that these requirements lead to, those that conda supplies included, with their extras."""
    entries: dict[NormalizedName, PyPIPackage | ProvidedDistribution] = {
        **{entry.name: entry for entry in resolution.provided},
        **{package.name: package for package in resolution.packages},
    }
    replaced = Overrides(overrides, (), variables)
    asked = [each for own in valid_requirements(requirements) for each in replaced.applied(own, None)]
    waiting = deque(node for each in asked for node in _nodes(each))
    found: dict[NormalizedName, set[str]] = {}
    while waiting:
        name, extra = waiting.popleft()
        if name in entries and extra not in found.setdefault(name, set()):
            found[name].add(extra)
            for text in _required(entries[name], extra):
                waiting.extend(_nodes(Pep508(text)))
    return {name: frozenset(extras) for name, extras in found.items() if extras}


def resolution_part(resolution: Resolution, part: Reached, conda: CondaSolution, python: PythonTarget) -> Resolution:
    """What a resolution has of the distributions that were reached, on a part of its conda solution."""
    return Resolution(
        python=python,
        packages=tuple(_with(each, part[each.name]) for each in resolution.packages if each.name in part),
        provided=tuple(
            _with(each, part.get(each.name, frozenset())) for each in resolution.provided if conda.get(each.record)
        ),
        metadata=tuple(each for each in resolution.metadata if each.name in part),
        passed_over=tuple(each for each in resolution.passed_over if each.name in part),
    )


def joined(name: str, parts: Sequence[LockedEnvironment]) -> LockedEnvironment | None:
    """What environments have together, ``None`` of none; where they differ, the first one counts."""
    if not parts:
        return None
    first = next((part for part in parts if part.conda.get("python")), parts[0])
    resolutions = [part.resolution for part in parts]
    return LockedEnvironment(
        name=name,
        platform=first.platform,
        conda=replace(first.conda, records=_first({each.name: each for each in part.conda.records} for part in parts)),
        resolution=Resolution(
            python=first.resolution.python,
            packages=_first({each.name: each for each in one.packages} for one in resolutions),
            provided=_first({each.name: each for each in one.provided} for one in resolutions),
            metadata=tuple(dict.fromkeys(each for one in resolutions for each in one.metadata)),
            passed_over=tuple(dict.fromkeys(each for one in resolutions for each in one.passed_over)),
        ),
        plans=_first({plan.name: plan for plan in part.plans} for part in parts),
    )


def agree(parts: Sequence[LockedEnvironment]) -> bool:
    """Whether each package is the same artifact in all environments that have it."""
    found: dict[tuple[str, str], object] = {}
    for part in parts:
        for record in part.conda.records:
            if found.setdefault(("conda", record.name), record.url) != record.url:
                return False
        for package in part.resolution.packages:
            artifact = replace(package.artifact, editable=False)
            if found.setdefault(("pypi", package.name), artifact) != artifact:
                return False
    return True


def _nodes(requirement: Pep508) -> list[tuple[NormalizedName, str]]:
    name = canonicalize_name(requirement.name)
    return [(name, ""), *((name, canonicalize_name(extra)) for extra in sorted(requirement.extras))]


def _required(entry: PyPIPackage | ProvidedDistribution, extra: str) -> tuple[str, ...]:
    """What a distribution requires for an extra, or without any; where no resolver told them apart, all of it."""
    if entry.requires_by_extra:
        return dict(entry.requires_by_extra).get(extra, ())
    # What conda supplies brings its other requirements along by itself.
    return entry.requires if bool(extra) == isinstance(entry, ProvidedDistribution) else ()


def _with(entry: _Entry, extras: frozenset[str]) -> _Entry:
    """A distribution with these of its extras, and what it requires for them."""
    by_extra = tuple((extra, texts) for extra, texts in entry.requires_by_extra if extra in extras)
    requires = tuple(sorted({text for _, texts in by_extra for text in texts}))
    return replace(
        entry,
        extras=tuple(extra for extra in entry.extras if canonicalize_name(extra) in extras),
        requires=requires if entry.requires_by_extra else entry.requires if extras else (),
        requires_by_extra=by_extra if len(by_extra) > 1 else (),
    )


def _first(tables: Iterable[dict[str, _Item]]) -> tuple[_Item, ...]:
    found: dict[str, _Item] = {}
    for table in tables:
        found = {**table, **found}
    return tuple(found.values())
