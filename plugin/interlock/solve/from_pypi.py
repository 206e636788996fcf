"""Names that the manifest asks of conda, but lets PyPI supply: ``from-pypi``, ``only-from-pypi``, ``prefer``."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Pep508
from packaging.specifiers import SpecifierSet

from interlock.solve.findings import dependents_use_pypi, only_for_conda, stays_with_conda, supplies_more
from interlock_hooks.types import (
    CondaRecord,
    CondaSolution,
    CondaSpec,
    EnvironmentRequest,
    Finding,
    InterlockError,
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
    solve, always = request.solve, frozenset(request.solve.only_from_pypi)
    asked = {spec.name for spec in request.conda_specs}
    allowed = [name for name in dict.fromkeys(solve.from_pypi) if asked.intersection(suppliers(name))]
    if solve.prefer == "pypi":
        allowed += [each.name for each in request.requirements if asked.intersection(suppliers(each.name))]
    subsets = _subsets([name for name in dict.fromkeys(allowed) if name not in always])
    return [names | always for names in (subsets[::-1] if solve.prefer == "pypi" else subsets)]


def _subsets(names: Sequence[NormalizedName]) -> list[frozenset[NormalizedName]]:
    """All subsets, the smaller ones first; of many names only none, each alone, and all."""
    every = len(names)
    sizes = range(every + 1) if every <= _FEW else (0, 1, every)
    return [frozenset(chosen) for size in sizes for chosen in combinations(names, size)]


def asked_of_pypi(
    request: EnvironmentRequest, names: Collection[NormalizedName], suppliers: Suppliers
) -> EnvironmentRequest:
    """The request with what it asks of conda for these names asked of PyPI.

    The ranges come along. If a conda package still needs one of them, its range applies there as well. A spec that
    PEP 440 has no words for stays where it is; with a name that only PyPI may supply it is an error (IL251).
    """
    required = _required(request)
    specs, constraints = list(request.conda_specs), list(request.conda_constraints)
    requirements, limits = list(request.requirements), list(request.constraints)
    for name in sorted(names):
        packages = set(suppliers(name))
        for spec in request.conda_specs:
            if spec.name not in packages:
                continue
            range_ = pypi_range(spec.spec)
            if range_ is None:
                if name in request.solve.only_from_pypi:
                    raise InterlockError(only_for_conda(name, spec))
                continue
            specs.remove(spec)
            constraints.append(spec)
            text = f"{name}{range_}"
            if name in required:
                limits.append(text)
            else:
                requirements.append(Requirement(name=name, text=text, origin=spec.origin, where=spec.where))
    return replace(
        request,
        conda_specs=tuple(specs),
        conda_constraints=tuple(constraints),
        requirements=tuple(requirements),
        constraints=tuple(dict.fromkeys(limits)),
    )


def without_supplied(
    conda: CondaSolution,
    request: EnvironmentRequest,
    suppliers: Suppliers,
    supplied: Callable[[CondaRecord], Iterable[NormalizedName]],
) -> CondaSolution:
    """A solution without the records that supply what only PyPI may supply.

    Raises :class:`InterlockError` (IL250) if such a record also supplies other names; ``supplied`` tells them.
    """
    names = request.solve.only_from_pypi
    packages = {package for name in names for package in suppliers(name)}
    gone = [record for record in conda.records if record.name in packages]
    for record in gone:
        if others := [name for name in supplied(record) if name not in names]:
            raise InterlockError(supplies_more(record, others, request.places.get("only-from-pypi")))
    return replace(conda, records=tuple(each for each in conda.records if each not in gone)) if gone else conda


def requirements_of_dependents(
    request: EnvironmentRequest, conda: CondaSolution, suppliers: Suppliers
) -> tuple[Requirement, ...]:
    """Requirements on what was left out of a solution (:func:`without_supplied`) although its records depend on it."""
    asked = _required(request)
    where = request.places.get("only-from-pypi")
    return tuple(
        Requirement(name=name, text=name, where=where)
        for name in request.solve.only_from_pypi
        if name not in asked and dependents(name, conda, suppliers)
    )


def dependents(name: NormalizedName, conda: CondaSolution, suppliers: Suppliers) -> dict[str, str]:
    """The records that depend on a conda package for a PyPI name, with the match specs by which they do."""
    return _depending_on(set(suppliers(name)), conda)


def from_pypi_findings(
    request: EnvironmentRequest, conda: CondaSolution, resolution: Resolution, suppliers: Suppliers
) -> list[Finding]:
    """What a user has to know of the names that the manifest lets PyPI supply (IL248, IL249)."""
    return [*_without_effect(request, conda, resolution), *_supplied_by_pypi(request, conda, resolution, suppliers)]


def _supplied_by_pypi(
    request: EnvironmentRequest, conda: CondaSolution, resolution: Resolution, suppliers: Suppliers
) -> list[Finding]:
    """Notes about conda packages that get what they depend on from PyPI, as the manifest asks (IL249)."""
    found = []
    for name in dict.fromkeys(request.solve.only_from_pypi):
        package, needed_by = resolution.get(name), dependents(name, conda, suppliers)
        if package and needed_by:
            unread = {each for each, text in needed_by.items() if pypi_range(text) is None}
            found.append(dependents_use_pypi(package, needed_by, unread, request))
    return found


def _without_effect(request: EnvironmentRequest, conda: CondaSolution, resolution: Resolution) -> list[Finding]:
    """Warnings about names that PyPI may supply but that stay with conda: conda packages depend on them (IL248)."""
    found = []
    for name in dict.fromkeys(request.solve.from_pypi):
        provided = resolution.get_provided(name)
        record = conda.get(provided.record) if provided else None
        needed_by = _depending_on({record.name}, conda) if record else {}
        if record and needed_by:
            found.append(stays_with_conda(name, record, needed_by, request))
    return found


def _depending_on(packages: Collection[str], conda: CondaSolution) -> dict[str, str]:
    """The records that depend on one of these packages and are none of them, with the match spec by which they do."""
    return {
        f"{record.name} {record.version}": text
        for record in conda.records
        if record.name not in packages
        for text in record.depends
        if CondaSpec(spec=text).name in packages
    }


def _required(request: EnvironmentRequest) -> set[NormalizedName]:
    """The names that PyPI is asked for on every interpreter and platform."""
    return {each.name for each in request.requirements if _holds_everywhere(each.text)}


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
        # What is left out is not there to meet what others ask of it.
        missing = packages.isdisjoint(record.name for record in conda.records)
        asked = dependents(name, conda, suppliers).values() if missing else ()
        ranges = (pypi_range(text) for text in (*texts, *asked) if CondaSpec(spec=text).name in packages)
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
