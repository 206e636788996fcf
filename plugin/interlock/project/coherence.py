"""Whether another tool may change the conda packages of a prefix without breaking what Interlock installed on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName, canonicalize_name

from interlock.audit.elf import read_elf
from interlock.audit.interpreter import ask_interpreter
from interlock.audit.names import is_library
from interlock.builds.store.links import is_stable
from interlock.core.elf import NotReadableError
from interlock.core.requirements import Present, unmet_requirements
from interlock.engines.python.distributions import SiteDistribution, site_distributions
from interlock.engines.rattler.prefix_records import record_files
from interlock.project.findings.environments import would_break
from interlock.project.prefixes import made
from interlock_hooks.types import CondaSpec, InterlockError

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.project.prefixes import Made


@dataclass(frozen=True, slots=True)
class Conda:
    """A conda package that is removed or added."""

    name: str
    version: str
    build: str
    depends: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def check_change(prefix: Path, *, removed: Mapping[str, Conda], added: Mapping[str, Conda]) -> None:
    """Raise :class:`InterlockError` (IL682) if a change breaks PyPI packages that Interlock installed into a prefix.

    They break if conda

    - replaces python by another minor version, whose site-packages are elsewhere,
    - brings a package whose name one of them has, so that their files are mixed,
    - takes a version away that one of them requires, or
    - replaces what one of them was built against: libraries that it needs, and what its build imported.
    """
    found = made(prefix)
    if found is None or not found.state.pypi:
        return
    replaced = {name: added.get(name) for name, old in removed.items() if not _is_same(old, added.get(name))}
    reasons = list(dict.fromkeys(_reasons(prefix, found, removed, added, replaced)))
    if reasons:
        raise InterlockError(would_break(prefix, reasons))


def _reasons(
    prefix: Path,
    found: Made,
    removed: Mapping[str, Conda],
    added: Mapping[str, Conda],
    replaced: Mapping[str, Conda | None],
) -> Iterator[str]:
    if "python" in replaced and _minor(replaced["python"]) != _minor(removed["python"]):
        yield f"{_change(removed['python'], replaced['python'])}: {_some(found.state.pypi)} would not be found any more"
        return
    for name, new in added.items():
        if name not in removed and canonicalize_name(name) in found.state.pypi and _uses_python(new):
            yield f"{new} from conda: Interlock has installed {canonicalize_name(name)} from PyPI, with the same files"
    if not replaced or found.state.site_packages is None:
        return
    site = prefix / found.state.site_packages
    files = record_files(prefix)
    installed = site_distributions(site)
    for name, other in replaced.items():
        held = _distributions_of(files.get(name, ()), installed)
        for by, requirement in _unmet(prefix, installed, held, other):
            yield f"{_change(removed[name], other)}: {by} requires {requirement}"
        # Runtimes of compilers keep what they promised.
        libraries = () if is_stable(name) else files.get(name, ())
        for each in _built_on(found, libraries, held, installed):
            yield f"{_change(removed[name], other)}: {each} was built against it"


def _is_same(old: Conda, new: Conda | None) -> bool:
    return new is not None and (old.version, old.build) == (new.version, new.build)


def _minor(package: Conda | None) -> list[str]:
    return [] if package is None else package.version.split(".")[:2]


def _uses_python(package: Conda) -> bool:
    return any(CondaSpec(spec=spec).name in ("python", "python_abi") for spec in package.depends)


def _change(old: Conda, new: Conda | None) -> str:
    if new is None:
        return f"without {old}"
    return f"{new} in place of {old.version}" + (f" ({new.build}, not {old.build})" * (new.version == old.version))


def _some(names: Iterable[str]) -> str:
    first, *others = sorted(names)
    return f"{first} and {len(others)} more" if others else first


def _distributions_of(
    files: Iterable[str], installed: Mapping[NormalizedName, SiteDistribution]
) -> dict[NormalizedName, SiteDistribution]:
    """The distributions whose metadata a conda package holds."""
    folders = {parent.name for file in files for parent in PurePosixPath(file).parents}
    return {name: each for name, each in installed.items() if each.info.name in folders}


def _unmet(
    prefix: Path,
    installed: Mapping[NormalizedName, SiteDistribution],
    held: Mapping[NormalizedName, SiteDistribution],
    new: Conda | None,
) -> Iterator[tuple[str, str]]:
    """The requirements that are met now, and are not once a conda package is another version: by whom, and which."""
    if not held:
        return
    try:
        variables = ask_interpreter(prefix).markers
    except InterlockError:
        # Nothing works there now, and the change may be what repairs it.
        return
    before = {name: Present(name, each.version, each.requires) for name, each in installed.items()}
    after = {name: each for name, each in before.items() if name not in held}
    if new is not None:
        after |= {name: Present(name, new.version, before[name].requires) for name in held}
    known = {(each.by, str(each)) for each in unmet_requirements(before, (), variables)}
    for each in unmet_requirements(after, (), variables):
        concerned = canonicalize_name(each.requirement.name) in held and (each.by, str(each)) not in known
        if concerned and each.by is not None:
            yield installed[each.by].label, str(each)


def _built_on(
    found: Made,
    files: Iterable[str],
    held: Mapping[NormalizedName, SiteDistribution],
    installed: Mapping[NormalizedName, SiteDistribution],
) -> Iterator[str]:
    """The packages that Interlock built against a conda package: its libraries, or distributions that it holds."""
    libraries = {PurePosixPath(file).name for file in files if is_library(PurePosixPath(file).name)}
    plans = {} if found.locked is None else {plan.name: plan for plan in found.locked.plans}
    for name, package in found.state.pypi.items():
        each = installed.get(canonicalize_name(name))
        if package.built is None or each is None:
            continue
        plan = plans.get(each.name)
        imported = frozenset(plan.imports or ()) if plan else frozenset()
        if imported & held.keys() or libraries & _needed(each):
            yield each.label


def _needed(distribution: SiteDistribution) -> set[str]:
    """The libraries that compiled code of a distribution needs."""
    found: set[str] = set()
    for file in distribution.files:
        if is_library(file.rpartition("/")[2]):
            try:
                found.update(read_elf(distribution.locate(file)).needed)
            except (NotReadableError, OSError):
                continue
    return found
