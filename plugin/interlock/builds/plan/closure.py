"""The runtime closure of matched packages: the artifacts and conda records that a matched build has to see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.core.pep508 import required_name
from interlock_hooks.types import CondaSpec

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from interlock_hooks.types import CondaSolution, ProvidedDistribution, PyPIPackage, Resolution


@dataclass(frozen=True, slots=True)
class Closure:
    """Packages of a resolution together with everything that they need at run time, sorted by name."""

    packages: tuple[PyPIPackage, ...] = ()
    provided: tuple[ProvidedDistribution, ...] = ()

    @property
    def versions(self) -> dict[NormalizedName, str]:
        """The version of each distribution of the closure."""
        versions = {package.name: package.version for package in self.packages}
        return versions | {entry.name: entry.version for entry in self.provided}


def runtime_closure(resolution: Resolution, roots: Iterable[NormalizedName]) -> Closure:
    """Everything of the resolution that ``roots`` and their requirements lead to; names outside of it are left out.

    What a conda-provided distribution needs comes with its conda record, see :func:`conda_closure`; only what its
    extras need does not.
    """
    packages: dict[NormalizedName, PyPIPackage] = {}
    provided: dict[NormalizedName, ProvidedDistribution] = {}
    queue = list(roots)
    while queue:
        name = queue.pop()
        if name in packages or name in provided:
            continue
        package, distribution = resolution.get(name), resolution.get_provided(name)
        if package is not None:
            packages[name] = package
            queue += map(required_name, package.requires)
        elif distribution is not None:
            provided[name] = distribution
            queue += map(required_name, distribution.requires)
    return Closure(
        tuple(packages[name] for name in sorted(packages)), tuple(provided[name] for name in sorted(provided))
    )


def environment_closure(resolution: Resolution) -> Closure:
    """Everything that the environment of a resolution holds."""
    return Closure(resolution.packages, resolution.provided)


def conda_closure(conda: CondaSolution, names: Iterable[str]) -> tuple[str, ...]:
    """The names of the records that ``names`` need, python included, in the order of the solution.

    Virtual packages and names that the solution does not hold are passed over.
    """
    records = {record.name: record for record in conda.records}
    found: set[str] = set()
    queue = ["python", *names]
    while queue:
        name = queue.pop()
        if name in found or name not in records:
            continue
        found.add(name)
        queue += [CondaSpec(spec=text).name for text in records[name].depends]
    return tuple(record.name for record in conda.records if record.name in found)
