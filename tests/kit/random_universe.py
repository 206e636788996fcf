"""Universes from a seed: a few packages of each kind, with ranges that often conflict."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from kit.universe import PYTHONS, Package, Range, SourceTree, Universe

_SIMPLE = ("1.0", "2.0", "3.0")
# From old to new, to conda as to PyPI.
_NASTY = ("1.0", "1.1.dev1", "1.1", "2.0rc1", "2.0", "2.0.post1", "3.0", "1!0.5")
_INTERPRETERS = ("<3.11", "<3.12", ">=3.11,<3.12", ">=3.11.9", "!=3.11.*", "!=3.12.7", "<3.12.7", ">=3.12")
_MINORS = tuple(dict.fromkeys(text.rpartition(".")[0] for text in PYTHONS))


def random_universe(seed: int) -> Universe:
    """The universe of a seed, of what there was in the beginning: an index and a channel."""
    return _Dice(random.Random(seed)).universe()


def wide_universe(seed: int) -> Universe:
    """The universe of a seed, perhaps with sources, extras of conda packages, local versions and patch releases."""
    dice = _Dice(random.Random(seed))
    return dice.widened(dice.universe())


@dataclass
class _Dice:
    """``both`` are distributions that conda has, under names and in ways of all sorts; ``libs`` are none."""

    dice: random.Random
    versions: dict[str, list[str]] = field(default_factory=dict)

    def universe(self) -> Universe:
        both, libs, apps = self._names("both", 1, 3), self._names("lib", 0, 2), self._names("app", 1, 3)
        self.versions = {name: self._some_versions() for name in (*both, *libs, *apps)}
        # The conda packages that have a distribution; most are named like it.
        homes = {name: f"py-{name}" if self._chance(0.15) else name for name in both}
        conda = self._conda(libs, homes)
        pypi = self._pypi(apps, both)
        specs = self._conda_ranges([*libs, *homes.values()], homes, 0.5)
        required = self._pypi_ranges(apps, 0.8) + self._pypi_ranges(both, 0.25)
        moving = tuple(name for name in both if homes[name] == name and self._chance(0.15))
        return Universe(conda, pypi, specs, required, moving, self._chance(0.1))

    def widened(self, universe: Universe) -> Universe:
        """The universe with more of what projects have."""
        both = [name for name in self.versions if name.startswith("both")]
        universe = self._with_locals(universe, self.dice.choice(both)) if self._chance(0.25) else universe
        limited = [self._limited(package) for package in universe.pypi]
        universe = replace(universe, pypi=tuple(limited))
        if self._chance(0.25):
            universe = self._with_extras(universe, self.dice.choice(both))
        return self._with_source(universe) if self._chance(0.3) else universe

    def _with_locals(self, universe: Universe, name: str) -> Universe:
        """With a version of ``name`` that has a local part in conda, perhaps another one on PyPI, and who wants it."""
        version = self.dice.choice([text for text in self.versions[name] if "post" not in text] or ["1.0"])
        own, other = f"{version}+l1", self.dice.choice([version, f"{version}+l1", f"{version}+l2"])

        def wanted(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
            exact = self.dice.choice([f"=={own}", f"=={version}", f"!={own}"])
            return tuple(
                (each, exact if (each, text) == (name, f"=={version}") or (each == name and not text) else text)
                for each, text in ranges
            )

        conda = (
            replace(each, version=own, supplies=tuple((dist, own if dist == name else v) for dist, v in each.supplies))
            if any(dist == name for dist, _ in each.supplies) and each.version == version
            else each
            for each in universe.conda
        )
        pypi = (
            replace(
                each,
                version=other if (each.name, each.version) == (name, version) else each.version,
                needs=wanted(each.needs),
            )
            for each in universe.pypi
        )
        return replace(universe, conda=tuple(conda), pypi=tuple(pypi), requirements=wanted(universe.requirements))

    def _limited(self, package: Package) -> Package:
        """With interpreters that it does not admit, perhaps, and a requirement that some of them lack."""
        if self._chance(0.15):
            package = replace(package, requires_python=self.dice.choice(_INTERPRETERS))
        if package.needs and self._chance(0.1):
            (name, text), *others = package.needs
            marker = f' ; python_full_version < "{self.dice.choice(PYTHONS[1:])}"'
            package = replace(package, needs=((name, text.partition(" ;")[0] + marker), *others))
        return package

    def _with_extras(self, universe: Universe, name: str) -> Universe:
        """With an extra of what conda supplies as ``name``, and who asks for it."""
        names = [each for each in self.versions if each.startswith("both") and each > name]
        # Not a set: its order differs from one interpreter to the next.
        versions = dict.fromkeys(each.version for each in universe.conda)
        extra = {version: self._pypi_ranges(names, 0.7) for version in versions}
        conda = (
            replace(each, extra=extra[each.version]) if each.supplies and each.supplies[0][0] == name else each
            for each in universe.conda
        )
        asked = ((each, "[x]" + text if each == name else text) for each, text in universe.requirements)
        requirements = tuple(asked)
        if name not in dict(requirements):
            requirements += ((name, "[x]"),)
        return replace(universe, conda=tuple(conda), requirements=requirements)

    def _with_source(self, universe: Universe) -> Universe:
        """With a package that the project takes from a directory or a repository."""
        names = [name for name in self.versions if name.startswith(("app", "both"))]
        name = self.dice.choice(names)
        version = self.dice.choice([*self.versions[name], "4.0"])
        later = [each for each in names if each.startswith("both") and each != name]
        package = self._limited(Package(name, version, self._pypi_ranges(later, 0.6)))
        if name.startswith("app"):
            package = replace(package, extra=self._pypi_ranges(later, 0.4))
        kept = tuple(each for each in universe.requirements if each[0] != name or self._chance(0.5))
        source = SourceTree(package, self.dice.choice(["directory", "editable", "git"]))
        return replace(universe, requirements=kept, sources=(source,))

    def _conda(self, libs: list[str], homes: dict[str, str]) -> tuple[Package, ...]:
        names = [*libs, *homes.values()]
        dists = {home: name for name, home in homes.items()}
        found = []
        for position, name in enumerate(names):
            own = dists.get(name, name)
            twin = own.replace("both", "twin") if name in dists and self._chance(0.1) else None
            for version in self.versions[own]:
                needs = self._conda_ranges(names[position + 1 :], homes, 0.5)
                limits = self._conda_ranges(names, homes, 0.1)
                supplies = [(own, version)] if name in dists else []
                supplies += [(twin, self.dice.choice(_SIMPLE))] if twin else []
                # A package may have changed between these in the course of time.
                noarch = self._chance(0.3)
                pythons = [minor for minor in _MINORS if self._chance(0.85)] if name in dists else [None]
                known = Package(
                    name, _conda_text(version), needs, supplies=tuple(supplies), constrains=limits, noarch=noarch
                )
                found += [replace(known, python=python) for python in pythons]
        return tuple(found)

    def _pypi(self, apps: list[str], both: list[str]) -> tuple[Package, ...]:
        twins = [name.replace("both", "twin") for name in both if self._chance(0.1)]
        self.versions |= {name: list(_SIMPLE) for name in twins}
        names = [*apps, *both, *twins]
        found = []
        for position, name in enumerate(names):
            for version in self.versions[name]:
                python = self.dice.choice(_MINORS) if self._chance(0.2) else None
                needs = self._pypi_ranges(names[position + 1 :], 0.6)
                extra = self._pypi_ranges(names[position + 1 :], 0.4) if name in apps else ()
                if name in apps or self._chance(0.6):
                    found.append(Package(name, version, needs, python, extra=extra))
        return tuple(found)

    def _names(self, kind: str, least: int, most: int) -> list[str]:
        return [f"{kind}{number}" for number in range(self.dice.randint(least, most))]

    def _some_versions(self) -> list[str]:
        number = self.dice.randint(1, 3)
        if self._chance(0.6):
            return list(_SIMPLE[:number])
        return [_NASTY[place] for place in sorted(self.dice.sample(range(len(_NASTY)), number))]

    def _conda_ranges(self, names: Sequence[str], homes: dict[str, str], chance: float) -> tuple[Range, ...]:
        own = {home: name for name, home in homes.items()}
        operators = ["", "", ">=", "<=", "==", "!="]
        return tuple(
            (name, _conda_text(self._range(own.get(name, name), operators))) for name in names if self._chance(chance)
        )

    def _pypi_ranges(self, names: Sequence[str], chance: float) -> tuple[Range, ...]:
        return tuple((name, self._pypi_range(name)) for name in names if self._chance(chance))

    def _pypi_range(self, name: str) -> str:
        extra = "[x]" if name.startswith("app") and self._chance(0.25) else ""
        marker = f' ; python_version < "{self.dice.choice(_MINORS[1:])}"' if self._chance(0.1) else ""
        return f"{extra}{self._range(name, ['', '', '>=', '<=', '==', '!=', '~=', '===', '<'])}{marker}"

    def _range(self, name: str, operators: Sequence[str]) -> str:
        operator = self.dice.choice(operators)
        return f"{operator}{self.dice.choice(self.versions[name])}" if operator else ""

    def _chance(self, chance: float) -> bool:
        return self.dice.random() < chance


def _conda_text(text: str) -> str:
    """As a recipe may spell a version."""
    return text.replace(".post", "_post")
