"""The versions of PyPI names that conda's channels could supply, and how to exclude some of them from a solve."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby, product
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName

from interlock.solve.provided import pypi_version
from interlock_hooks.types import CondaRecord, CondaSpec, ProvidedDistribution

if TYPE_CHECKING:
    from interlock_hooks.types import Location

# Nothing is older than this: a constraint that no version meets keeps a package out of every solution.
_NEVER = "<0.0a0"
PYTHON = NormalizedName("python")

Query = Callable[[Sequence[str]], Iterable[CondaRecord]]
Supplied = Callable[[CondaRecord], "Sequence[ProvidedDistribution] | None"]
Suppliers = Callable[[NormalizedName], Iterable[str]]


class Offers:
    """The versions of PyPI names that conda packages of the channels have, looked up when they are asked for.

    ``query`` gives all records of the named conda packages, the newest first for each name; ``supplied`` the
    distributions of a record, ``None`` if only its files would tell; ``suppliers`` the conda packages that may supply a
    name. ``python`` stands for the interpreter.
    """

    def __init__(self, query: Query, supplied: Supplied, suppliers: Suppliers) -> None:
        self._query = query
        self._supplied = supplied
        self._suppliers = suppliers
        # For each name and conda package its versions, by those of the package.
        self._seen: dict[NormalizedName, dict[str, dict[str, str]]] = defaultdict(dict)
        self._added: dict[NormalizedName, dict[str, None]] = defaultdict(dict)
        self._versions: dict[str, dict[NormalizedName, list[tuple[str, str]]]] = {}
        self._records: dict[tuple[str, str], CondaRecord] = {}

    def learn(self, records: Iterable[CondaRecord], provided: Iterable[ProvidedDistribution]) -> None:
        """Remember which of these records turned out to supply what; their metadata need not have said so."""
        versions = {record.name: record.version for record in records}
        for entry in provided:
            conda = versions[entry.record]
            self._seen[entry.name].setdefault(entry.record, {})[conda] = entry.version
            known = self._versions.get(entry.record)
            if known is not None and (conda, entry.version) not in known[entry.name]:
                del self._versions[entry.record]

    def add_suppliers(self, name: NormalizedName, packages: Iterable[str]) -> None:
        """Let conda packages count among those that may supply a name."""
        self._added[name].update(dict.fromkeys(packages))

    def prepare(self, names: Iterable[NormalizedName]) -> None:
        """Look up several names at once."""
        self._load([package for name in names for package in self._packages(name)])

    def versions(self, name: NormalizedName) -> list[str]:
        """The versions of a name, as it spells them itself, the newest of each conda package first."""
        found = (version for package in self._packages(name) for _, version in self._of(package, name))
        return list(dict.fromkeys(found))

    def supplier(self, name: NormalizedName, version: str) -> CondaRecord | None:
        """A record that supplies a name in a version as :meth:`versions` spells it, of whatever build."""
        found = (
            (package, conda)
            for package in self._packages(name)
            for conda, each in self._of(package, name)
            if each == version
        )
        return next((self._records[node] for node in found), None)

    def asking_for(self, name: NormalizedName) -> list[CondaSpec]:
        """The spec by which conda supplies a name in some version: none if no package does."""
        able = [package for package in self._packages(name) if self._of(package, name)]
        return [CondaSpec(spec=package, origin=f"PyPI requirement of {name}") for package in able[:1]]

    def without(
        self, name: NormalizedName, excluded: Iterable[str], origin: str, where: Location | None = None
    ) -> list[CondaSpec]:
        """Constraints that together keep conda from supplying a name in one of these versions."""
        unwanted = frozenset(excluded)
        found = []
        for package in sorted(self._packages(name)):
            ranges = _ranges([(conda, version not in unwanted) for conda, version in self._of(package, name)])
            if ranges is not None:
                found.append(CondaSpec(spec=f"{package} {ranges}", origin=origin, where=where))
        return found

    def without_all(
        self, excluded: Iterable[tuple[NormalizedName, Iterable[str]]], origin: str
    ) -> list[tuple[CondaSpec, ...]]:
        """Groups of constraints, of each of which one must hold, that keep these versions from coming together."""
        literals = [
            self.without(name, versions, origin) for name, versions in excluded if self._optional(name, versions)
        ]
        # A name that several packages supply is kept out only by all of its constraints.
        return [tuple(choice) for choice in product(*literals)] if all(literals) else []

    def _optional(self, name: NormalizedName, versions: Iterable[str]) -> bool:
        """Whether conda could do without a name in these versions: every solution has an interpreter."""
        return name != PYTHON or not set(self.versions(name)) <= set(versions)

    def _packages(self, name: NormalizedName) -> list[str]:
        if name == PYTHON:
            return [PYTHON]
        return list(dict.fromkeys([*self._seen[name], *self._suppliers(name), *self._added[name]]))

    def _of(self, package: str, name: NormalizedName) -> list[tuple[str, str]]:
        """Each conda version of a package with the version of the name that it stands for, the newest first."""
        self._load([package])
        return self._versions[package].get(name, [])

    def _load(self, packages: Iterable[str]) -> None:
        missing = [package for package in dict.fromkeys(packages) if package not in self._versions]
        if not missing:
            return
        self._versions |= {package: defaultdict(list) for package in missing}
        for record in self._query(missing):
            known = self._versions[record.name]
            self._records.setdefault((record.name, record.version), record)
            for name, version in self._names(record):
                if (record.version, version) not in known[name]:
                    known[name].append((record.version, version))

    def _names(self, record: CondaRecord) -> list[tuple[NormalizedName, str]]:
        if record.name == PYTHON:
            return [(PYTHON, record.version)]
        supplied = self._supplied(record)
        if supplied is not None:
            versions = {entry.name: entry.version for entry in supplied}
        else:
            # What one version of the package was seen to supply, the others do as well, in their own version.
            own = pypi_version(record) or record.version
            versions = {name: own for name, packages in self._seen.items() if record.name in packages}
        return [(name, self._told(record, name) or version) for name, version in versions.items()]

    def _told(self, record: CondaRecord, name: NormalizedName) -> str | None:
        """The version of a name that a solution with this version of the package turned out to have."""
        return self._seen.get(name, {}).get(record.name, {}).get(record.version)


def _ranges(versions: Sequence[tuple[str, bool]]) -> str | None:
    """A conda version spec for those versions that are marked, given all of them from new to old; ``None`` for all.

    It is exact for these versions, and says nothing sensible about others.
    """
    runs = [(wanted, [version for version, _ in run]) for wanted, run in groupby(versions, key=lambda pair: pair[1])]
    if not any(wanted for wanted, _ in runs):
        return _NEVER if runs else None
    if all(wanted for wanted, _ in runs):
        return None
    parts = []
    for position, (wanted, run) in enumerate(runs):
        newest, oldest = position == 0, position == len(runs) - 1
        if wanted and not newest and not oldest and len(run) == 1:
            parts.append(f"=={run[0]}")
        elif wanted:
            parts.append(",".join([*([] if oldest else [f">={run[-1]}"]), *([] if newest else [f"<={run[0]}"])]))
    return "|".join(parts)
