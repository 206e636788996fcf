"""Small random universes of two ecosystems, what they look like to the engines, and all that would work in them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName

from interlock.builtin import register_builtins
from interlock.core.paths import Layout
from interlock.pipeline.backends import Backends
from interlock.pipeline.ecosystems import Ecosystems
from interlock.plugins import Plugins
from interlock.resolve.joint import Joint, solve_jointly
from interlock_hooks.types import CondaSolution, CondaSpec, EnvironmentRequest, Index, PyPIOptions, Requirement
from kit.channel import PLATFORM
from kit.wheels import write_wheel

PYTHONS = ("3.11.9", "3.12.7")

# A range on a name: ("a", ">=2"). conda and PyPI read these few operators alike for versions like 1.0.
Range = tuple[str, str]
Choice = dict[str, str]


@dataclass(frozen=True, slots=True)
class Package:
    """One version of a package with what it needs; ``python`` is the minor version that it is made for, if any."""

    name: str
    version: str
    needs: tuple[Range, ...] = ()
    python: str | None = None


@dataclass(frozen=True, slots=True)
class Universe:
    """What both ecosystems have, and what a project asks of them. conda packages called ``both…`` are distributions."""

    conda: tuple[Package, ...]
    pypi: tuple[Package, ...]
    specs: tuple[Range, ...]
    requirements: tuple[Range, ...]

    def works(self, conda: Mapping[str, str], pypi: Mapping[str, str]) -> bool:
        """Whether these versions, ``python`` among conda's, satisfy everything that holds between them."""
        python = conda["python"]
        provided = {name: version for name, version in conda.items() if name.startswith("both")}
        if provided.keys() & pypi.keys():
            return False
        installed = provided | dict(pypi)
        return (
            all(_met(each, conda) for each in self.specs)
            and all(_met(each, installed) for each in self.requirements)
            and all(
                _chosen(self.conda, name, version, python, conda) for name, version in conda.items() if name != "python"
            )
            and all(_chosen(self.pypi, name, version, python, installed) for name, version in pypi.items())
        )

    def solvable(self) -> bool:
        """Whether anything works, by trying everything."""
        return any(self._completed(conda) for conda in self._conda_solutions())

    def _conda_solutions(self) -> Iterator[Choice]:
        for python in PYTHONS:
            yield from _closures(self.conda, self.specs, {"python": python}, python, {})

    def _completed(self, conda: Choice) -> bool:
        provided = {name: version for name, version in conda.items() if name.startswith("both")}
        found = _closures(self.pypi, self.requirements, {}, conda["python"], provided)
        return next(found, None) is not None

    def write(self, folder: Path) -> tuple[str, str]:
        """Make a conda channel (of records only) and a flat index of it; their addresses."""
        records = dict(_record(package) for package in self.conda)
        for version in PYTHONS:
            name, record = _record(Package("python", version))
            records[name] = record
        for subdir, packages in ((PLATFORM, records), ("noarch", {})):
            place = folder / "channel" / subdir
            place.mkdir(parents=True)
            index = {"info": {"subdir": subdir}, "packages": {}, "packages.conda": packages}
            (place / "repodata.json").write_text(json.dumps(index))
        wheels = folder / "wheels"
        wheels.mkdir()
        for package in self.pypi:
            tag = f"cp{package.python.replace('.', '')}-none-any" if package.python else "py3-none-any"
            needs = [name + text for name, text in package.needs]
            write_wheel(wheels, package.name, package.version, requires=needs, tag=tag)
        return (folder / "channel").as_uri(), str(wheels)


def _no_backends(request: EnvironmentRequest, plugins: Plugins, conda: CondaSolution) -> Backends:
    """Those of no sdist: the universes have none."""
    return Backends(request, conda, plugins, Layout(request.root), previous=None, siblings=())


def random_universe(seed: int) -> Universe:
    """The universe of a seed: a few packages of each kind, ranges that often conflict."""
    dice = random.Random(seed)
    both = [f"both{i}" for i in range(dice.randint(1, 3))]
    libs = [f"lib{i}" for i in range(dice.randint(0, 2))]
    apps = [f"app{i}" for i in range(dice.randint(1, 3))]
    versions = {name: [f"{i}.0" for i in range(1, dice.randint(1, 3) + 1)] for name in (*both, *libs, *apps)}

    def ranges(names: Sequence[str], chance: float) -> tuple[Range, ...]:
        return tuple((name, _range(dice, versions[name])) for name in names if dice.random() < chance)

    def later(names: Sequence[str], name: str) -> list[str]:
        return list(names[names.index(name) + 1 :])

    conda = []
    for name in (*libs, *both):
        for version in versions[name]:
            needs = ranges(later([*libs, *both], name), 0.5)
            pythons = [text.rpartition(".")[0] for text in PYTHONS if dice.random() < 0.85] if name in both else [None]
            conda += [Package(name, version, needs, python) for python in pythons]
    pypi = []
    for name in (*apps, *both):
        for version in versions[name]:
            python = dice.choice(PYTHONS).rpartition(".")[0] if dice.random() < 0.2 else None
            if name in apps or dice.random() < 0.6:
                pypi.append(Package(name, version, ranges(later([*apps, *both], name), 0.6), python))
    specs = ranges([*libs, *both], 0.5)
    return Universe(tuple(conda), tuple(pypi), specs, ranges(apps, 0.8) + ranges(both, 0.25))


def _range(dice: random.Random, versions: Sequence[str]) -> str:
    operator = dice.choice(["", "", ">=", "<=", "==", "!="])
    return f"{operator}{dice.choice(versions)}" if operator else ""


def _met(need: Range, installed: Mapping[str, str]) -> bool:
    name, text = need
    return name in installed and installed[name] in SpecifierSet(text)


def _chosen(packages: Sequence[Package], name: str, version: str, python: str, installed: Mapping[str, str]) -> bool:
    return any(
        package.name == name
        and package.version == version
        and _fits(package, python)
        and all(_met(need, installed) for need in package.needs)
        for package in packages
    )


def _fits(package: Package, python: str) -> bool:
    return package.python in (None, python.rpartition(".")[0])


def _closures(
    packages: Sequence[Package], needs: Sequence[Range], chosen: Choice, python: str, fixed: Mapping[str, str]
) -> Iterator[Choice]:
    """Every choice of versions that holds what is needed and nothing else; ``fixed`` ones are there already."""
    installed = {**fixed, **chosen}
    for position, (name, text) in enumerate(needs):
        if name in installed:
            if installed[name] not in SpecifierSet(text):
                return
            continue
        for package in packages:
            if package.name == name and _fits(package, python) and package.version in SpecifierSet(text):
                rest = (*needs[position + 1 :], *package.needs)
                yield from _closures(packages, rest, {**chosen, name: package.version}, python, fixed)
        return
    yield dict(chosen)


def _record(package: Package) -> tuple[str, dict[str, object]]:
    build = f"py{package.python.replace('.', '')}" if package.python else "0"
    depends = [f"{name} {text}".strip() for name, text in package.needs]
    if package.python:
        depends.append(f"python {package.python}.*")
    record: dict[str, object] = {
        "name": package.name,
        "version": package.version,
        "build": build,
        "build_number": 0,
        "depends": depends,
        "subdir": PLATFORM,
        "sha256": "0" * 64,
        "purls": [f"pkg:pypi/{package.name}"] if package.name.startswith("both") else [],
    }
    return f"{package.name}-{package.version}-{build}.conda", record


def solve_universe(universe: Universe, folder: Path) -> Joint:
    """Solve a universe with the real engines. Raises :class:`~interlock.resolve.joint.UnsolvableError`."""
    channel, wheels = universe.write(folder)
    request = EnvironmentRequest(
        name="default",
        platform=PLATFORM,
        root=folder,
        channels=(channel,),
        conda_specs=(CondaSpec(spec="python"), *(CondaSpec(spec=f"{name} {text}") for name, text in universe.specs)),
        requirements=tuple(
            Requirement(name=NormalizedName(name), text=name + text) for name, text in universe.requirements
        ),
        pypi=PyPIOptions(indexes=(Index(url=wheels, default=True, format="flat"),)),
    )
    plugins = Plugins()
    register_builtins(plugins)
    ecosystems = Ecosystems(request, plugins, None, partial(_no_backends, request, plugins))
    return solve_jointly(ecosystems, ecosystems.known())
