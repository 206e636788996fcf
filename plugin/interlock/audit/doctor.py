"""The examination of an installed environment, whichever tool created it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from interlock.audit.consistency import (
    Asked,
    conda_findings,
    content_findings,
    copy_findings,
    file_findings,
    requirement_findings,
)
from interlock.audit.interpreter import ask_interpreter
from interlock.audit.names import is_library
from interlock.audit.owners import Owners
from interlock.audit.report import Subject
from interlock.audit.tags import parse_tags
from interlock.audit.wheel import audit_modules
from interlock.audit.world import Module, World
from interlock.engines.python.distributions import SiteDistribution, distributions_in, visible_distributions
from interlock.engines.python.interpreter import python_of
from interlock.engines.rattler.prefix_records import installed_records
from interlock_hooks.types import Event, Finding, Severity, StageProgress

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.tags import Tag

_PACKAGES = frozenset({"site-packages", "dist-packages"})
_REMEDY = "install a version that was built for the installed packages, or build it from source on this machine"


@dataclass(frozen=True, slots=True)
class Examination:
    """What an examination looked at, and what it found, errors first. ``python`` is empty without an interpreter."""

    prefix: Path
    python: str
    distributions: int
    modules: int
    conda: int
    findings: tuple[Finding, ...]

    @property
    def checked(self) -> dict[str, int]:
        """How much was looked at, by kind."""
        return {
            "conda packages": self.conda,
            "distributions": self.distributions,
            "compiled modules": self.modules,
        }

    def with_findings(self, more: Iterable[Finding]) -> Examination:
        """The same with what else was found."""
        return replace(self, findings=_ordered((*more, *self.findings)))

    def count(self, severity: Severity) -> int:
        """How many findings weigh that much."""
        return sum(finding.severity is severity for finding in self.findings)


def examine(
    prefix: Path,
    *,
    asked: Asked = Asked(),
    declared_glibc: str | None = None,
    own: bool = False,
    emit: Callable[[Event], None] = lambda _: None,
) -> Examination:
    """Audit all compiled code in a prefix, and compare it with what package managers recorded there.

    ``asked`` is what its project asks of it, if it has one; ``own`` says that it is an environment of Interlock's.
    Raises :class:`InterlockError` (IL570) when it is neither a conda prefix nor has an interpreter that works.
    """
    prefix = prefix.absolute()
    records = installed_records(prefix)
    if records and not python_of(prefix).exists():
        return Examination(prefix, "", 0, 0, len(records), tuple(conda_findings(prefix, own=own)))
    interpreter = ask_interpreter(prefix)
    world = World(prefix, interpreter)
    installed = list(visible_distributions(interpreter.sites).values())
    groups = _groups(installed, world)
    progress = _Progress(emit, sum(len(group.modules) for group in groups))
    findings = [
        *conda_findings(prefix, own=own),
        *(finding for site in interpreter.sites for finding in copy_findings(distributions_in(site))),
        *file_findings(installed, own=own),
        *content_findings(prefix, installed, own=own, emit=emit),
        *requirement_findings(installed, interpreter, asked),
    ]
    owners = Owners(world)
    for group in groups:
        findings += audit_modules(
            group.modules,
            world,
            Subject(group.label, _REMEDY, in_use=True),
            owners,
            tags=group.tags,
            declared_glibc=declared_glibc,
            on_module=progress,
        )
    version = interpreter.markers["python_full_version"]
    return Examination(prefix, version, len(installed), progress.total, len(records), _ordered(findings))


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: finding.severity is not Severity.ERROR))


@dataclass(frozen=True, slots=True)
class _Group:
    """Modules that came together: those of a distribution, which has ``tags``, or of a directory of unknown origin."""

    label: str
    modules: Sequence[Module]
    tags: frozenset[Tag] = frozenset()


def _groups(installed: Sequence[SiteDistribution], world: World) -> list[_Group]:
    owned = [_Group(each.label, _modules(each, world), parse_tags(each.tags)) for each in installed]
    known = {module.place for group in owned for module in group.modules}
    strays: dict[str, list[Module]] = {}
    for place in sorted(place for places in world.packaged.values() for place in places):
        # What lies in the source tree of an editable project is not installed.
        stray = place not in known and not place.is_symlink() and not _PACKAGES.isdisjoint(place.parts)
        elf = world.read(place) if stray else None
        if elf is not None:
            strays.setdefault((world.package_of(place) or place).name, []).append(Module(place, elf))
    return [*owned, *(_Group(f"{name} (not part of a distribution)", modules) for name, modules in strays.items())]


class _Progress:
    """Tells how many modules have been looked at."""

    def __init__(self, emit: Callable[[Event], None], total: int) -> None:
        self.total = total
        self._emit = emit
        self._done = 0

    def __call__(self, module: Module) -> None:
        self._done += 1
        self._emit(StageProgress(stage="audit", done=self._done, total=self.total, item=module.place.name))


def _modules(each: SiteDistribution, world: World) -> list[Module]:
    files = [file for file in each.files if is_library(file.rpartition("/")[2])]
    places = dict.fromkeys(each.locate(file) for file in files)
    return [Module(place, elf) for place in places if (elf := world.read(place)) is not None]
