"""The requirements in a solution, across both ecosystems: packages, needs, and chains from the manifest to a need."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from packaging.requirements import Requirement as Pep508

from interlock.explain.members import Member, Texts
from interlock.explain.requires_python import NONE_KNOWN, PythonRequirements
from interlock.explain.spans import clauses
from interlock.explain.wheels import wheel_limits
from interlock_hooks.types import CondaRecord, CondaSpec, PyPIPackage

if TYPE_CHECKING:
    from interlock.explain.oracle import Solved

Side = Literal["conda", "PyPI", "target"]
Admits = Callable[[str, CondaRecord], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package of a solution, or a property of the target.

    ``key`` is its name in :class:`View`; ``pypi_version`` is the version that PyPI packages see.
    """

    side: Side
    key: str
    name: str
    version: str
    pypi_version: str | None = None
    record: CondaRecord | None = None

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A requirement of the manifest or of a package on the package ``key``.

    ``spec`` is the range as its ecosystem writes it, ``range`` what is shown of it. What does not bring the package
    only limits it.
    """

    source: Member | Package
    side: Side
    key: str
    name: str
    spec: str
    range: str
    brings: bool = True
    behind: tuple[Need, ...] = ()
    says: str = ""

    def admits(self, package: Package, admits: Admits) -> bool:
        """Whether a version of the package fits."""
        if self.side == "target":
            return package.version == self.spec
        if self.side == "conda" or self.key.startswith("__"):
            return admits(self.spec, package.record or stand_in(package.name, package.version))
        try:
            return Pep508(self.spec).specifier.contains(package.pypi_version or package.version, prereleases=True)
        except ValueError:
            return True


@dataclass(frozen=True, slots=True)
class View:
    """A solution with the requirements in it. ``needs`` are by the package that they are about."""

    packages: Mapping[str, Package]
    needs: Mapping[str, Sequence[Need]]
    ways: Mapping[str, Need]

    def way(self, need: Need) -> tuple[Need, ...]:
        """The shortest chain of requirements from the manifest to ``need``; empty if there is none."""
        if isinstance(need.source, Member):
            return (*need.behind, need)
        before = self.ways.get(need.source.key)
        above = self.way(before) if before is not None else ()
        return (*above, need) if above else ()


def view(solved: Solved, texts: Texts, aliases: Mapping[str, str], pythons: PythonRequirements = NONE_KNOWN) -> View:
    """The facts of a solution, with chains that begin with ``texts``, which are what members of the request say.

    ``aliases`` gives conda's name for PyPI names.
    """
    packages = {package.key: package for package in _packages(solved, aliases)}
    roots = [root for member, text in texts.items() if (root := root_need(member, text, aliases)) is not None]
    needs: dict[str, list[Need]] = {}
    leaving: dict[str, list[Need]] = {}
    for need in [*roots, *_package_needs(solved, packages, aliases, pythons)]:
        needs.setdefault(need.key, []).append(need)
        if isinstance(need.source, Package):
            leaving.setdefault(need.source.key, []).append(need)
    return View(packages, needs, _ways(roots, leaving, packages))


def conda_aliases(solutions: Iterable[Solved]) -> dict[str, str]:
    """The conda package that supplies each PyPI name in any of the solutions."""
    return {entry.name: entry.record for solved in solutions for entry in solved.resolution.provided if entry.record}


def root_need(member: Member, text: str | None, aliases: Mapping[str, str]) -> Need | None:
    """What a member requires with this text; ``None`` for what is about no package."""
    if member.kind == "system":
        name, version = member.name, text or ""
        return Need(source=member, side="target", key=name, name=name, spec=version, range=version, brings=False)
    if text is None or not member.name:
        return None
    if member.kind in ("conda", "conda-constraint"):
        need = conda_need(member, text)
    elif member.kind == "requires-python":
        need = pypi_need(member, f"python{text}", {"python": "python"})
    else:
        need = pypi_need(member, text, aliases)
    return replace(need, brings=member.kind in ("conda", "requirement"), behind=member.behind)


def conda_need(source: Member | Package, spec: str, *, brings: bool = True) -> Need:
    """The requirement that a match spec states."""
    name = CondaSpec(spec=spec).name
    shown = spec.rpartition("::")[2].removeprefix(name).strip()
    return Need(source=source, side="conda", key=name, name=name, spec=spec, range=shown, brings=brings)


def pypi_need(source: Member | Package, requirement: str, aliases: Mapping[str, str]) -> Need:
    """The requirement that PEP 508 text states."""
    parsed = Pep508(requirement)
    shown = f"@ {parsed.url}" if parsed.url else clauses(parsed.specifier)
    key = pypi_key(parsed.name, aliases)
    return Need(source=source, side="PyPI", key=key, name=parsed.name, spec=requirement, range=shown)


def pypi_key(name: str, aliases: Mapping[str, str]) -> str:
    """The key of a PyPI name: the conda package that supplies it somewhere, else a name that no conda package has."""
    return aliases.get(name, f"pypi:{name}")


def stand_in(name: str, version: str) -> CondaRecord:
    """A record of which only name and version are known."""
    return CondaRecord(
        name=name, version=version, build="0", build_number=0, subdir="noarch", url="", file_name="", channel=""
    )


def _packages(solved: Solved, aliases: Mapping[str, str]) -> Iterator[Package]:
    for virtual in solved.conda.virtual_packages:
        yield Package(side="target", key=virtual.name, name=virtual.name, version=virtual.version)
    for package in solved.resolution.packages:
        yield _pypi_package(package, aliases)
    supplied = {entry.record: entry.version for entry in solved.resolution.provided if entry.record}
    for record in solved.conda.records:
        yield Package(
            side="conda",
            key=record.name,
            name=record.name,
            version=record.version,
            pypi_version=supplied.get(record.name),
            record=record,
        )


def _pypi_package(package: PyPIPackage, aliases: Mapping[str, str]) -> Package:
    key = pypi_key(package.name, aliases)
    return Package(side="PyPI", key=key, name=package.name, version=package.version, pypi_version=package.version)


def _package_needs(
    solved: Solved, packages: Mapping[str, Package], aliases: Mapping[str, str], pythons: PythonRequirements
) -> Iterator[Need]:
    for record in solved.conda.records:
        source = packages[record.name]
        yield from (conda_need(source, spec) for spec in record.depends)
        yield from (conda_need(source, spec, brings=False) for spec in record.constrains)
    for package in solved.resolution.packages:
        source = packages[pypi_key(package.name, aliases)]
        yield from (pypi_need(source, text, aliases) for text in package.requires)
        python = pythons.python(package.name, package.version)
        if python is not None:
            yield pypi_need(source, f"python{python}", {"python": "python"})
        for name, spec, says in wheel_limits(package.artifact.filename or ""):
            shown = f"{package.name} {package.version} {says}"
            yield Need(
                source=source, side="PyPI", key=name, name=name, spec=name + spec, range=spec, brings=False, says=shown
            )


def _ways(
    roots: Iterable[Need], leaving: Mapping[str, Sequence[Need]], packages: Mapping[str, Package]
) -> dict[str, Need]:
    """The need by which each package is first reached from the manifest, breadth first."""
    ways: dict[str, Need] = {}
    queue = deque(need for need in roots if need.brings)
    while queue:
        need = queue.popleft()
        if need.key in ways or need.key not in packages:
            continue
        ways[need.key] = need
        queue.extend(each for each in leaving.get(need.key, ()) if each.brings)
    return ways
