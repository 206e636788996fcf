"""Small universes of two ecosystems, and all that would work in them, by trying everything.

What a project leaves free, and what brute force therefore tries: every version and build of conda packages that the
specs need, nothing beside those; each interpreter; every version of PyPI packages; and for each name that
``from_pypi`` or ``prefer`` allow, that its spec is asked of PyPI, while it still limits conda. conda's ranges are read
by rattler, PyPI's by packaging, with pre-releases allowed everywhere. What a project takes from a directory or a
repository has one version, and conda must not supply it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, combinations
from typing import Literal

from packaging.requirements import Requirement
from rattler import Version, VersionSpec

# Two patch releases of some minor versions: the joint solve tells these apart, and takes those between for alike.
PYTHONS = ("3.10.14", "3.11.2", "3.11.9", "3.12.1", "3.12.7")

# A range on a name: ("a", ">=2"). On PyPI it may begin with the extra `[x]`, and end with a marker.
Range = tuple[str, str]
Choice = dict[str, str]


@dataclass(frozen=True, slots=True)
class Package:
    """One version of a package with what it needs; ``python`` is the minor version that it is made for, if any.

    Of conda's, ``supplies`` are distributions with their versions, ``constrains`` what must hold of packages that are
    there anyway; ``noarch`` ones lie in another subdir. ``extra`` is what the extra ``x`` of the distribution needs of
    PyPI, ``requires_python`` the range of interpreters that a package of PyPI's admits.
    """

    name: str
    version: str
    needs: tuple[Range, ...] = ()
    python: str | None = None
    supplies: tuple[tuple[str, str], ...] = ()
    constrains: tuple[Range, ...] = ()
    extra: tuple[Range, ...] = ()
    noarch: bool = False
    requires_python: str = ""

    def fits(self, python: str) -> bool:
        """Whether it is made for an interpreter."""
        return self.python in (None, python.rpartition(".")[0]) and _pypi_met(self.requires_python, python)


@dataclass(frozen=True, slots=True)
class SourceTree:
    """A package that the project takes from a directory, or from a repository."""

    package: Package
    kind: Literal["directory", "editable", "git"]


@dataclass(frozen=True, slots=True)
class Universe:
    """What both ecosystems have, and what a project asks of them.

    ``limits`` are ranges on conda packages that nobody asks for by that. Names in ``from_pypi`` may be moved to PyPI,
    and with ``prefers_pypi`` those that are asked of both. ``sources`` are required by the project as well.
    """

    conda: tuple[Package, ...]
    pypi: tuple[Package, ...]
    specs: tuple[Range, ...]
    requirements: tuple[Range, ...]
    from_pypi: tuple[str, ...] = ()
    prefers_pypi: bool = False
    limits: tuple[Range, ...] = ()
    sources: tuple[SourceTree, ...] = ()

    def solvable(self) -> bool:
        """Whether anything works, by trying everything."""
        return any(variant._solvable() for variant in self._variants())

    def works(self, conda: Mapping[str, str], pypi: Mapping[str, str]) -> bool:
        """Whether these versions, ``python`` among conda's, satisfy everything that holds between them."""
        return any(variant._works(conda, pypi) for variant in self._variants())

    def _variants(self) -> Iterator[Universe]:
        asked = {name for name, _ in self.specs}
        twice = [name for name, _ in self._required if self.prefers_pypi]
        free = sorted(asked & {*self.from_pypi, *twice})
        for names in chain.from_iterable(combinations(free, size) for size in range(len(free) + 1)):
            moving = tuple(spec for spec in self.specs if spec[0] in names)
            yield replace(
                self,
                specs=tuple(spec for spec in self.specs if spec not in moving),
                limits=moving,
                requirements=(*self.requirements, *moving),
            )

    def _solvable(self) -> bool:
        for python in PYTHONS:
            for conda in _closures(self.conda, self.specs, python, {}, _conda_met):
                if self._conda_holds({**conda, "python": python}) and self._completed(conda, python):
                    return True
        return False

    @property
    def _required(self) -> tuple[Range, ...]:
        return (*self.requirements, *((source.package.name, "") for source in self.sources))

    @property
    def _offered(self) -> tuple[Package, ...]:
        """What PyPI and the sources have."""
        own = {source.package.name: source.package for source in self.sources}
        return (*(package for package in self.pypi if package.name not in own), *own.values())

    def _taken(self, provided: Iterable[str]) -> bool:
        """Whether conda supplies what a source does."""
        return any(source.package.name in provided for source in self.sources)

    def _completed(self, conda: Choice, python: str) -> bool:
        provided = self._provided(conda, python)
        if self._taken(provided):
            return False
        found = _closures(self._offered, self._required, python, provided, _pypi_met)
        return any(self._moved_holds(conda, python, pypi) for pypi in found)

    def _works(self, conda: Mapping[str, str], pypi: Mapping[str, str]) -> bool:
        python = conda["python"]
        records = {name: version for name, version in conda.items() if name != "python"}
        provided = self._provided(records, python)
        return (
            not provided.keys() & pypi.keys()
            and not self._taken(provided)
            and self._conda_holds(conda)
            and self._moved_holds(records, python, pypi)
            and _complete(self.conda, self.specs, python, records, {}, _conda_met)
            and _complete(self._offered, self._required, python, pypi, provided, _pypi_met)
        )

    def _conda_holds(self, conda: Mapping[str, str]) -> bool:
        """Whether what is only a limit on conda packages holds."""
        limits = (*self.limits, *self._constrains(conda, conda["python"]))
        return all(name not in conda or _conda_met(text, conda[name]) for name, text in limits)

    def _moved_holds(self, conda: Mapping[str, str], python: str, pypi: Mapping[str, str]) -> bool:
        """Whether conda's limits hold for what PyPI supplies in place of it."""
        moved = {name for name, _ in self.limits} & pypi.keys()
        return all(_pypi_met(text, pypi[name]) for name, text in self._constrains(conda, python) if name in moved)

    def _constrains(self, conda: Mapping[str, str], python: str) -> list[Range]:
        return [limit for package in _selected(self.conda, conda, python) for limit in package.constrains]

    def _provided(self, conda: Mapping[str, str], python: str) -> dict[str, Package]:
        """The distributions that conda supplies; of several records the one of the same name counts."""
        found: dict[str, Package] = {}
        for package in _selected(self.conda, conda, python):
            for name, version in package.supplies:
                if name not in found or name == package.name:
                    found[name] = Package(name, version, extra=package.extra)
        return found


Met = Callable[[str, str], bool]


@cache
def _conda_met(text: str, version: str) -> bool:
    return bool(VersionSpec(text or "*").matches(Version(version)))


@cache
def _parsed(text: str) -> Requirement:
    return Requirement(f"name{text}")


@cache
def _pypi_met(text: str, version: str) -> bool:
    return _parsed(text).specifier.contains(version, prereleases=True)


@cache
def _applies(text: str, python: str) -> bool:
    marker = _parsed(text).marker if ";" in text else None
    variables = {"python_version": python.rpartition(".")[0], "python_full_version": python, "extra": ""}
    return marker is None or marker.evaluate(variables)


def _selected(packages: Iterable[Package], versions: Mapping[str, str], python: str) -> list[Package]:
    return [each for each in packages if versions.get(each.name) == each.version and each.fits(python)]


def _closures(
    packages: tuple[Package, ...],
    needs: tuple[Range, ...],
    python: str,
    fixed: Mapping[str, Package],
    met: Met,
    chosen: Mapping[str, Package] = {},
    extras: frozenset[str] = frozenset(),
) -> Iterator[Choice]:
    """Every choice of versions that holds what is needed and nothing else; ``fixed`` ones are there already."""
    installed = {**fixed, **chosen}
    for position, (name, text) in enumerate(needs):
        if not _applies(text, python):
            continue
        if name in installed and not met(text, installed[name].version):
            return
        extra = {name} - extras if text.startswith("[x]") else set()
        if name in installed and not extra:
            continue
        known = [installed[name]] if name in installed else [each for each in packages if each.name == name]
        for package in known:
            if package.fits(python) and met(text, package.version):
                more = (*(() if name in installed else package.needs), *(package.extra if extra else ()))
                rest = (*needs[position + 1 :], *more)
                taken = chosen if name in installed else {**chosen, name: package}
                yield from _closures(packages, rest, python, fixed, met, taken, extras | extra)
        return
    yield {name: package.version for name, package in chosen.items()}


def _complete(
    packages: tuple[Package, ...],
    needs: tuple[Range, ...],
    python: str,
    chosen: Mapping[str, str],
    fixed: Mapping[str, Package],
    met: Met,
) -> bool:
    """Whether what was chosen exists, and holds everything that is needed."""
    selected = {package.name: package for package in _selected(packages, chosen, python)}
    installed = {**fixed, **selected}
    every = [*needs, *(need for package in selected.values() for need in package.needs)]
    extras: set[str] = set()
    for name, text in every:
        if not _applies(text, python):
            continue
        if name not in installed or not met(text, installed[name].version):
            return False
        if text.startswith("[x]") and name not in extras:
            extras.add(name)
            every += installed[name].extra
    return selected.keys() == chosen.keys()
