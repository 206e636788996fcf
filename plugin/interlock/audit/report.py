"""From what is known about compiled code to its findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from interlock.audit.demangle import demangled
from interlock.audit.findings import code as findings
from interlock.audit.symbol_owner import namesakes
from interlock.audit.versions import family_of, newest, release_of, text_of
from interlock.core.counting import listed
from interlock_hooks.types import Finding, Severity

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.tags import Tag

    from interlock.audit.bundled import SecondCopy
    from interlock.audit.lacking import Fit, LackingLibrary, LackingSymbols, LackingVersions, OtherMachine
    from interlock.audit.owners import Owners
    from interlock.audit.tags import Unstable
    from interlock.audit.versions import Release
    from interlock.audit.world import Module
    from interlock.engines.python.interpreter import Interpreter

T = TypeVar("T")

_LIBSTDCXX = ("GLIBCXX", "CXXABI")


@dataclass(frozen=True, slots=True)
class Subject:
    """What is audited: ``label`` is its name and version, ``remedy`` how to get another build of it.

    ``matching`` is the remedy where it does not fit a known package; ``{package}`` in it stands for that package.
    ``in_use`` says that it is installed and may work: what no import loads is then only a warning.
    """

    label: str
    remedy: str
    matching: str = ""
    in_use: bool = False


class Reporter:
    """Makes findings about one subject; ``owners`` know who brought what."""

    def __init__(self, subject: Subject, owners: Owners) -> None:
        self._subject = subject
        self._label = subject.label
        self._owners = owners

    def fit(self, fit: Fit) -> list[Finding]:
        """The findings of :func:`~interlock.audit.fit.check_fit`: one for each library that does not fit."""
        return [
            *map(self._machine, fit.machines),
            *map(self._versions, _grouped(fit.versions, lambda each: each.library.place)),
            *map(self._symbols, _grouped(fit.symbols, lambda each: each.home.place if each.home else None)),
            *self._libraries(fit.libraries),
        ]

    def _symbols(self, lacking: Sequence[LackingSymbols]) -> Finding:
        symbols = sorted({symbol for each in lacking for symbol in each.symbols})
        names, files = list(map(demangled, symbols)), self._files([each.module for each in lacking])
        home = lacking[0].home
        if home is None:
            return findings.undefined_symbols(self._label, names, files)
        return findings.missing_symbols(
            self._label,
            self._owners.of(home.place),
            home.place.name,
            self._owners.shown(home.place),
            symbols=names,
            details=(*_instead(symbols, home), *files),
            fix=self._remedy(home.place),
            severity=self._severity(lacking),
        )

    def _versions(self, lacking: Sequence[LackingVersions]) -> Finding:
        wanted = sorted({need.version for each in lacking for need in each.needs}, key=_version_order)
        symbols = sorted({symbol for each in lacking for symbol in each.symbols})
        library = lacking[0].library
        family = family_of(wanted[-1])
        best = newest(library.elf.versions, family)
        return findings.older_library(
            self._label,
            self._owners.of(library.place),
            library.place.name,
            self._owners.shown(library.place),
            wanted=wanted,
            offers=f"offers {family} up to {text_of(best)}" if best else "does not offer it",
            details=(*listed(map(demangled, symbols)), *self._files([each.module for each in lacking])),
            fix=_newer_library(family) or self._remedy(library.place),
            severity=self._severity(lacking),
        )

    def _libraries(self, lacking: Iterable[LackingLibrary]) -> list[Finding]:
        """An error for each package that does not fit; all libraries that nothing has are one warning."""
        found = list(lacking)
        errors = _grouped((each for each in found if each.required), lambda each: self._owners.of(_place(each)))
        rest = [each for each in found if not each.required]
        return [*map(self._library, errors), *([self._elsewhere(rest)] if rest else [])]

    def _library(self, lacking: Sequence[LackingLibrary]) -> Finding:
        place = _place(lacking[0])
        return findings.other_library(
            self._label,
            self._owners.of(place),
            self._owners.shown(place),
            sorted({each.name for each in lacking}),
            instead=lacking[0].instead is not None,
            files=self._files(dict.fromkeys(each.module for each in lacking)),
            fix=self._remedy(place),
            severity=self._severity(lacking),
        )

    def _elsewhere(self, lacking: Sequence[LackingLibrary]) -> Finding:
        names = sorted({each.name for each in lacking})
        return findings.missing_libraries(
            self._label, names, self._files(dict.fromkeys(each.module for each in lacking))
        )

    def _machine(self, other: OtherMachine) -> Finding:
        file = self._shown(other.module)
        return findings.other_machine(self._label, file, other.module.elf.machine, self._remedy(None))

    def older_platform(self, module: Module, needed: Release, declared: str) -> Finding:
        """It needs a newer glibc than the manifest declares."""
        return findings.newer_glibc_than_declared(self._label, self._shown(module), text_of(needed), declared)

    def broken_promise(self, module: Module, needed: Release, promised: Release) -> Finding:
        """It needs a newer glibc than its platform tag says."""
        return findings.newer_glibc_than_promised(self._label, self._shown(module), text_of(needed), text_of(promised))

    def other_interpreter(self, tags: Iterable[Tag], interpreter: Interpreter) -> Finding:
        """Its tags name other interpreters than the environment's."""
        python = f"Python {interpreter.version}{' (free-threaded)' if interpreter.free_threaded else ''}"
        kinds = sorted({f"{tag.interpreter}-{tag.abi}" for tag in tags})
        return findings.other_interpreter(self._label, python, kinds, self._remedy(None))

    def not_for_every_platform(self, modules: Sequence[Module]) -> Finding:
        """It contains extension modules although its tag says that it works everywhere."""
        return findings.not_for_every_platform(self._label, map(self._shown, modules))

    def unstable(self, found: Unstable) -> Finding:
        """It claims the stable ABI but uses other symbols."""
        return findings.unstable_abi(self._label, self._shown(found.module), found.minor, sorted(found.symbols))

    def damaged(self, places: Sequence[Path]) -> Finding:
        """It contains ELF files that cannot be read."""
        return findings.unreadable_modules(self._label, list(map(self._owners.shown, places)))

    def second_copies(self, copies: Sequence[SecondCopy]) -> Finding:
        """It contains libraries that the environment has in another version."""
        lines = (
            f"{each.copy.stem} {each.copy.version}, beside {each.own.version} of {self._owners.of(each.place)}"
            for each in copies
        )
        return findings.second_copies(self._label, list(lines))

    def _severity(self, lacking: Sequence[LackingSymbols | LackingVersions | LackingLibrary]) -> Severity:
        optional = self._subject.in_use and not any(each.imported for each in lacking)
        return Severity.WARNING if optional else Severity.ERROR

    def _remedy(self, place: Path | None) -> str:
        subject = self._subject
        distribution = self._owners.distribution(place) if place and subject.matching else None
        return subject.matching.replace("{package}", distribution.name) if distribution else subject.remedy

    def _shown(self, module: Module) -> str:
        """A file of the subject, from site-packages on."""
        text = self._owners.shown(module.place)
        return text.partition("site-packages/")[2] or text

    def _files(self, modules: Iterable[Module]) -> tuple[str, ...]:
        return listed((f"needed by {self._shown(module)}" for module in modules), most=3)


def _place(lacking: LackingLibrary) -> Path:
    """The library that is there instead of, or beside, the one that is lacking."""
    return lacking.instead or lacking.bringer or lacking.module.place


def _grouped(items: Iterable[T], key: Callable[[T], object]) -> list[list[T]]:
    groups: dict[object, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.values())


def _instead(symbols: Iterable[str], home: Module) -> tuple[str, ...]:
    """What the library has under the names that are missed: it shows what changed, such as the ABI of strings."""
    found = dict.fromkeys(other for symbol in symbols for other in namesakes(symbol, home.elf))
    return listed((f"{home.place.name} has {demangled(other)}" for other in found), most=3)


def _version_order(version: str) -> tuple[str, tuple[int, ...]]:
    family = family_of(version)
    return family, release_of(version, family) or ()


def _newer_library(family: str) -> str:
    if family == "GLIBC":
        return "build it from source on this machine, or use a newer operating system"
    if family in _LIBSTDCXX:
        return "add a newer `libstdcxx` to the conda dependencies, or build it from source on this machine"
    return ""
