"""Names that the manifest asks of conda, but lets PyPI supply."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Pep508
from packaging.specifiers import SpecifierSet

from interlock.solve.findings import stays_with_conda
from interlock_hooks.types import (
    CondaRecord,
    CondaSolution,
    CondaSpec,
    EnvironmentRequest,
    Finding,
    Requirement,
    Resolution,
)

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

# Of so many names every combination is tried; each is a solve of its own.
_FEW = 4

Suppliers = Callable[["NormalizedName"], Iterable[str]]


def choices(request: EnvironmentRequest, suppliers: Suppliers) -> list[frozenset[NormalizedName]]:
    """Which names PyPI may supply, in the order in which that is to be tried; the empty set leaves all with conda."""
    solve = request.solve
    asked = {spec.name for spec in request.conda_specs}
    allowed = [name for name in dict.fromkeys(solve.from_pypi) if asked.intersection(suppliers(name))]
    if solve.prefer == "pypi":
        twice = [each.name for each in request.requirements if asked.intersection(suppliers(each.name))]
        return _subsets(list(dict.fromkeys((*allowed, *twice))))[::-1]
    return _subsets(allowed)


def _subsets(names: Sequence[NormalizedName]) -> list[frozenset[NormalizedName]]:
    """All subsets, the smaller ones first; of many names only none, each alone, and all."""
    every = len(names)
    sizes = range(every + 1) if every <= _FEW else (0, 1, every)
    return [frozenset(chosen) for size in sizes for chosen in combinations(names, size)]


def moved(request: EnvironmentRequest, names: Collection[NormalizedName], suppliers: Suppliers) -> EnvironmentRequest:
    """The request with what it asks of conda for these names asked of PyPI.

    The ranges move along. If a conda package still needs one of them, its range applies there as well. A spec that
    PEP 440 has no words for stays where it is.
    """
    required = {each.name for each in request.requirements if _holds_everywhere(each.text)}
    specs, constraints = list(request.conda_specs), list(request.conda_constraints)
    requirements, limits = list(request.requirements), list(request.constraints)
    for name in sorted(names):
        packages = set(suppliers(name))
        for spec in request.conda_specs:
            range_ = pypi_range(spec.spec) if spec.name in packages else None
            if range_ is None:
                continue
            specs.remove(spec)
            constraints.append(spec)
            if name in required:
                limits.append(f"{name}{range_}")
            else:
                text = f"{name}{range_}"
                requirements.append(Requirement(name=name, text=text, origin=spec.origin, where=spec.where))
    return replace(
        request,
        conda_specs=tuple(specs),
        conda_constraints=tuple(constraints),
        requirements=tuple(requirements),
        constraints=tuple(dict.fromkeys(limits)),
    )


def without_effect(request: EnvironmentRequest, conda: CondaSolution, resolution: Resolution) -> list[Finding]:
    """Warnings about names that PyPI may supply but that stay with conda: conda packages depend on them (IL248)."""
    found = []
    for name in dict.fromkeys(request.solve.from_pypi):
        provided = resolution.get_provided(name)
        record = conda.get(provided.record) if provided else None
        needed_by = _needed_by(record, conda) if record else {}
        if record and needed_by:
            found.append(stays_with_conda(name, record, needed_by, request))
    return found


def _needed_by(record: CondaRecord, conda: CondaSolution) -> dict[str, str]:
    """The other records that depend on a record, with the match spec by which they do."""
    return {
        f"{other.name} {other.version}": text
        for other in conda.records
        if other.name != record.name
        for text in other.depends
        if CondaSpec(spec=text).name == record.name
    }


def _holds_everywhere(requirement: str) -> bool:
    # What only some interpreters require would be gone on the others.
    try:
        return Pep508(requirement).marker is None
    except InvalidRequirement:
        return True


def conda_limits(
    names: Collection[NormalizedName], conda: CondaSolution, constraints: Iterable[CondaSpec], suppliers: Suppliers
) -> list[str]:
    """What conda's records, and constraints on conda, say of names that PyPI supplies: as constraints for PyPI."""
    own = [spec.spec for spec in constraints]
    texts = [*own, *(text for record in conda.records for text in record.constrains)]
    found = []
    for name in sorted(names):
        packages = set(suppliers(name))
        ranges = (pypi_range(text) for text in texts if CondaSpec(spec=text).name in packages)
        found += [f"{name}{range_}" for range_ in ranges if range_]
    return list(dict.fromkeys(found))


def pypi_range(spec: str) -> str | None:
    """The version range of a match spec in the words of PEP 440, ``None`` if it has none for it.

    ``2.*`` and ``=2`` are ``==2.*``; a bare ``2.1`` is ``==2.1``, as conda's own ``2.1`` is.
    """
    text = spec.rsplit("::", 1)[-1].strip()
    version = re.sub(r"^[A-Za-z0-9._-]+", "", text).strip()
    if version in ("", "*"):
        return ""
    if re.search(r"[|\[(\s]", version):
        return None
    try:
        return str(SpecifierSet(",".join(map(_clause, version.split(",")))))
    except ValueError:
        return None


def _clause(text: str) -> str:
    if re.match(r"=[^=]", text):
        return f"=={text[1:].removesuffix('.*')}.*"
    return f"=={text}" if text[0].isdigit() else text
