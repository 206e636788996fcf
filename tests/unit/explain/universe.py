"""Tiny universes of conda and PyPI packages, solved by trying everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from packaging.requirements import Requirement as Pep508
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from interlock.explain.facts import stand_in
from interlock.explain.oracle import Oracle, Solved
from interlock_hooks.types import (
    Artifact,
    CondaRecord,
    CondaSolution,
    CondaSpec,
    EnvironmentRequest,
    Finding,
    InterlockError,
    Location,
    ProvidedDistribution,
    PyPIPackage,
    PythonTarget,
    Requirement,
    Resolution,
    VirtualPackage,
)

# Name, version and requirements of packages.
Packages = Mapping[str, Mapping[str, Sequence[str]]]
REQUEST = EnvironmentRequest(name="default", platform="linux-64", root=Path("/project"), channels=("c",))


@dataclass
class Universe:
    """All packages there are. A conda package of the name of a PyPI package supplies it.

    ``constrains`` are by conda package and version, ``wheels`` file names of PyPI packages, ``system`` the virtual
    packages of a target of which nothing is declared.
    """

    conda: Packages = field(default_factory=dict)
    pypi: Packages = field(default_factory=dict)
    constrains: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    wheels: Mapping[tuple[str, str], str] = field(default_factory=dict)
    system: Mapping[str, str] = field(default_factory=dict)
    asked: list[EnvironmentRequest] = field(default_factory=list)

    @property
    def oracle(self) -> Oracle:
        return Oracle(
            attempt=self.attempt,
            quick=self.attempt,
            candidates=self.candidates,
            admits=admits,
            tried=lambda name: {version: self.pypi[name][version] for version in newest(self.pypi.get(name, {}))},
            names=lambda: list(self.conda),
        )

    def attempt(self, request: EnvironmentRequest) -> Solved | None:
        self.asked.append(request)
        declared = {requirement.name: requirement.version for requirement in request.system_requirements}
        system = [VirtualPackage(name=name, version=text) for name, text in {**self.system, **declared}.items()]
        limits = [spec.spec for spec in request.conda_constraints]
        if request.requires_python:
            limits.append(f"python {request.requires_python}")
        specs = [spec.spec for spec in request.conda_specs]
        # PyPI packages need an interpreter, whether it is asked for or not.
        specs += ["python"] if request.requirements and "python" in self.conda else []
        for records in self._conda(specs, limits, {}, system):
            provided = {name: record.version for name, record in records.items() if name in self.pypi}
            wanted = [requirement.text for requirement in request.requirements]
            packages = next(self._pypi(wanted, request.constraints, {}, provided, records, system), None)
            if packages is not None:
                return self._solved(records, packages, provided, system)
        return None

    def candidates(self, names: Sequence[str]) -> list[CondaRecord]:
        return [self.record(name, version) for name in names for version in newest(self.conda.get(name, {}))]

    def record(self, name: str, version: str) -> CondaRecord:
        depends = tuple(self.conda[name][version])
        return replace(
            stand_in(name, version), depends=depends, constrains=tuple(self.constrains.get((name, version), ()))
        )

    def failure(self, request: EnvironmentRequest) -> InterlockError:
        """What an engine might say: the names of everything."""
        names = [*(spec.spec for spec in request.conda_specs), *(each.text for each in request.requirements)]
        return InterlockError(Finding(code="IL210", what="no", why="as it is", details=tuple(names)))

    def _conda(
        self, wanted: list[str], limits: list[str], chosen: dict[str, CondaRecord], system: list[VirtualPackage]
    ) -> Iterator[dict[str, CondaRecord]]:
        if any(not admits(spec, record) for spec in limits for record in chosen.values() if record.name == named(spec)):
            return
        if not wanted:
            yield chosen
            return
        spec, rest = wanted[0], wanted[1:]
        name = named(spec)
        if name.startswith("__"):
            if any(admits(spec, stand_in(each.name, each.version)) for each in system if each.name == name):
                yield from self._conda(rest, limits, chosen, system)
            return
        if name in chosen:
            if admits(spec, chosen[name]):
                yield from self._conda(rest, limits, chosen, system)
            return
        for record in self.candidates([name]):
            if admits(spec, record):
                deeper = [*limits, *record.constrains]
                yield from self._conda([*rest, *record.depends], deeper, {**chosen, name: record}, system)

    def _pypi(
        self,
        wanted: list[str],
        constraints: Sequence[str],
        chosen: dict[str, str],
        provided: Mapping[str, str],
        records: Mapping[str, CondaRecord],
        system: list[VirtualPackage],
    ) -> Iterator[dict[str, str]]:
        known = {**chosen, **provided}
        limits = [Pep508(text) for text in constraints]
        if any(known[limit.name] not in limit.specifier for limit in limits if limit.name in known):
            return
        if not wanted:
            yield chosen
            return
        parsed, rest = Pep508(wanted[0]), wanted[1:]
        if parsed.name in known:
            if known[parsed.name] in parsed.specifier:
                yield from self._pypi(rest, constraints, chosen, provided, records, system)
            return
        for version in newest(self.pypi.get(parsed.name, {})):
            if version in parsed.specifier and self._installs(parsed.name, version, records):
                deeper = [*rest, *self.pypi[parsed.name][version]]
                yield from self._pypi(deeper, constraints, {**chosen, parsed.name: version}, provided, records, system)

    def _installs(self, name: str, version: str, records: Mapping[str, CondaRecord]) -> bool:
        wheel = self.wheels.get((name, version))
        python = records.get("python")
        return wheel is None or python is None or f"-cp{python.version.replace('.', '')}-" in wheel

    def _solved(
        self,
        records: Mapping[str, CondaRecord],
        packages: Mapping[str, str],
        provided: Mapping[str, str],
        system: list[VirtualPackage],
    ) -> Solved:
        conda = CondaSolution(
            platform="linux-64", records=tuple(records.values()), virtual_packages=tuple(system), channels=("c",)
        )
        resolution = Resolution(
            python=PythonTarget(version="3.12", platform="linux-64"),
            packages=tuple(
                PyPIPackage(
                    name=canonicalize_name(name),
                    version=version,
                    artifact=Artifact(kind="wheel", url="", filename=self.wheels.get((name, version))),
                    requires=tuple(self.pypi[name][version]),
                )
                for name, version in packages.items()
            ),
            provided=tuple(
                ProvidedDistribution(name=canonicalize_name(name), version=version, record=name)
                for name, version in provided.items()
            ),
        )
        return Solved(conda=conda, resolution=resolution)


def request(*conda: str, pypi: Sequence[str] = (), **options: object) -> EnvironmentRequest:
    """A request of which each entry stands on a line of its own, conda's from 10 and PyPI's from 20 on."""
    specs = tuple(
        CondaSpec(spec=spec, where=Location(file="pixi.toml", line=10 + i, key=f"dependencies.{named(spec)}"))
        for i, spec in enumerate(conda)
    )
    requirements = tuple(
        Requirement(
            name=canonicalize_name(Pep508(text).name),
            text=text,
            where=Location(file="pixi.toml", line=20 + i, key=f"pypi-dependencies.{Pep508(text).name}"),
        )
        for i, text in enumerate(pypi)
    )
    return replace(REQUEST, conda_specs=specs, requirements=requirements, **options)


def admits(spec: str, record: CondaRecord) -> bool:
    clauses = spec.partition(" ")[2]
    clauses = f"=={clauses}" if clauses[:1].isdigit() else clauses
    return record.name == named(spec) and SpecifierSet(clauses).contains(record.version)


def named(spec: str) -> str:
    return spec.partition(" ")[0]


def newest(versions: Mapping[str, object]) -> list[str]:
    return sorted(versions, key=Version, reverse=True)
