"""What was found out about compiled code, as findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from interlock.audit.demangle import demangled
from interlock.audit.symbol_owner import namesakes
from interlock.audit.versions import family_of, newest, release_of, text_of
from interlock_hooks.types import Finding, Severity

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.audit.bundled import SecondCopy
    from interlock.audit.lacking import Fit, LackingLibrary, LackingSymbols, LackingVersions, OtherMachine
    from interlock.audit.owners import Owners
    from interlock.audit.tags import Unstable
    from interlock.audit.versions import Release
    from interlock.audit.world import Module

T = TypeVar("T")

_MOST = 8
_LIBSTDCXX = ("GLIBCXX", "CXXABI")


@dataclass(frozen=True, slots=True)
class Subject:
    """What is audited: ``label`` is its name and version, ``remedy`` how to get another build of it.

    ``matching`` is the remedy where the package is known that it does not fit, which ``{package}`` in it stands for.
    ``in_use`` says that it is installed and may well do what it is there for: what no import loads is then a warning.
    """

    label: str
    remedy: str
    matching: str = ""
    in_use: bool = False


class Reporter:
    """Makes findings about one subject; ``owners`` know who brought what."""

    def __init__(self, subject: Subject, owners: Owners) -> None:
        self._subject = subject
        self._owners = owners

    def fit(self, fit: Fit) -> list[Finding]:
        """The findings of :func:`~interlock.audit.fit.check_fit`: one for each library that does not do."""
        return [
            *map(self._machine, fit.machines),
            *map(self._versions, _grouped(fit.versions, lambda each: each.library.place)),
            *map(self._symbols, _grouped(fit.symbols, lambda each: each.home.place if each.home else None)),
            *self._libraries(fit.libraries),
        ]

    def _symbols(self, lacking: Sequence[LackingSymbols]) -> Finding:
        symbols = sorted({symbol for each in lacking for symbol in each.symbols})
        number, files = _counted(len(symbols), "symbol"), self._files([each.module for each in lacking])
        home = lacking[0].home
        if home is None:
            return Finding(
                code="IL541",
                what=f"{self._subject.label} needs {number} that nothing defines which is loaded with it",
                why="importing it fails, unless something that is imported before defines them for all",
                fix="import it once to see",
                severity=Severity.WARNING,
                details=(*_listed(map(demangled, symbols)), *files),
            )
        owner, place = self._owners.of(home.place), self._owners.shown(home.place)
        return Finding(
            code="IL540",
            what=f"{self._subject.label} does not fit {owner}: it needs {number} that {home.place.name} does not "
            "define",
            why=f"{owner} is installed ({place}), and {self._subject.label} was compiled against another version of "
            "it: loading it would fail with `undefined symbol`",
            fix=self._remedy(home.place),
            severity=self._severity(lacking),
            details=(*_listed(map(demangled, symbols)), *_instead(symbols, home), *files),
        )

    def _versions(self, lacking: Sequence[LackingVersions]) -> Finding:
        wanted = sorted({need.version for each in lacking for need in each.needs}, key=_version_order)
        symbols = sorted({symbol for each in lacking for symbol in each.symbols})
        library = lacking[0].library
        family = family_of(wanted[-1])
        best = newest(library.elf.versions, family)
        offers = f"offers {family} up to {text_of(best)}" if best else "does not offer it"
        owner, place = self._owners.of(library.place), self._owners.shown(library.place)
        return Finding(
            code="IL544",
            what=f"{self._subject.label} does not fit {owner}: it needs {', '.join(wanted)} of {library.place.name}",
            why=f"{place} of {owner} {offers}: loading it would fail with `version not found`",
            fix=_newer_library(family) or self._remedy(library.place),
            severity=self._severity(lacking),
            details=(*_listed(map(demangled, symbols)), *self._files([each.module for each in lacking])),
        )

    def _libraries(self, lacking: Iterable[LackingLibrary]) -> list[Finding]:
        """An error for each package that does not do; what nobody has is one warning."""
        found = list(lacking)
        errors = _grouped((each for each in found if each.required), lambda each: self._owners.of(_place(each)))
        rest = [each for each in found if not each.required]
        return [*map(self._library, errors), *([self._elsewhere(rest)] if rest else [])]

    def _library(self, lacking: Sequence[LackingLibrary]) -> Finding:
        names = sorted({each.name for each in lacking})
        place = _place(lacking[0])
        owner, shown = self._owners.of(place), self._owners.shown(place)
        other = (
            "has {} instead, another version" if lacking[0].instead else "has {}, but not these: it is another build"
        )
        return Finding(
            code="IL542",
            what=f"{self._subject.label} does not fit {owner}: it needs {', '.join(names)}",
            why=f"{owner} {other.format(shown)} than {self._subject.label} was made for; loading it would fail with "
            "`cannot open shared object file`",
            fix=self._remedy(place),
            severity=self._severity(lacking),
            details=self._files(dict.fromkeys(each.module for each in lacking)),
        )

    def _elsewhere(self, lacking: Sequence[LackingLibrary]) -> Finding:
        names = sorted({each.name for each in lacking})
        return Finding(
            code="IL543",
            what=f"{self._subject.label}: {_counted(len(names), 'library', 'libraries')} that parts of it need "
            "can be found neither in the environment nor on this machine",
            why="these parts cannot be used here; what else there is of it can",
            fix="if you need them, add the packages that bring these libraries, or install the driver",
            severity=Severity.WARNING,
            details=(*_listed(names), *self._files(dict.fromkeys(each.module for each in lacking))),
        )

    def _machine(self, other: OtherMachine) -> Finding:
        return Finding(
            code="IL550",
            what=f"{self._subject.label}: {self._shown(other.module)} was compiled for {other.module.elf.machine}",
            why="the interpreter of the environment runs on another kind of machine",
            fix=self._remedy(None),
        )

    def older_platform(self, module: Module, needed: Release, declared: str) -> Finding:
        """It needs a newer glibc than the manifest declares."""
        return Finding(
            code="IL545",
            what=f"{self._subject.label} needs glibc {text_of(needed)}, but the manifest declares {declared}",
            why=f"{self._shown(module)} uses functions that glibc has since {text_of(needed)}; it would not load "
            "on a machine as it is declared",
            fix="raise `libc` in system-requirements, or compile for the older one with conda's compilers "
            f'(`sysroot_linux-64 = "{declared}"`)',
        )

    def broken_promise(self, module: Module, needed: Release, promised: Release) -> Finding:
        """It needs a newer glibc than its platform tag says."""
        return Finding(
            code="IL546",
            what=f"{self._subject.label} needs glibc {text_of(needed)}, but its tag promises to work with "
            f"{text_of(promised)}",
            why=f"{self._shown(module)} uses functions that glibc has since {text_of(needed)}",
            fix="nothing has to be done for this machine; report it to the project",
            severity=Severity.WARNING,
        )

    def not_for_every_platform(self, modules: Sequence[Module]) -> Finding:
        """It holds extension modules although its tag says that it works everywhere."""
        return Finding(
            code="IL547",
            what=f"{self._subject.label} is tagged for every platform, but has compiled extension modules",
            why="on another platform, or for another Python, it would be installed and not work",
            fix="nothing has to be done for this machine; report it to the project",
            severity=Severity.WARNING,
            details=_listed(map(self._shown, modules), most=3),
        )

    def unstable(self, found: Unstable) -> Finding:
        """It claims the stable ABI and uses more."""
        return Finding(
            code="IL548",
            what=f"{self._subject.label}: {self._shown(found.module)} claims to use the stable ABI of "
            f"Python 3.{found.minor}, but uses more",
            why="with another version of Python it may fail or crash",
            fix="nothing has to be done for this Python; report it to the project",
            severity=Severity.WARNING,
            details=_listed(sorted(found.symbols)),
        )

    def damaged(self, places: Sequence[Path]) -> Finding:
        """It holds ELF files that cannot be read."""
        return Finding(
            code="IL552",
            what=f"{self._subject.label} has {_counted(len(places), 'module')} that could not be read, nor audited",
            why="the tables of the file contradict themselves: it is damaged, or was changed by a tool",
            fix="import it once to see",
            severity=Severity.WARNING,
            details=_listed(map(self._owners.shown, places), most=3),
        )

    def second_copies(self, copies: Sequence[SecondCopy]) -> Finding:
        """It brings libraries that the environment has in another version."""
        lines = (
            f"{each.copy.stem} {each.copy.version}, beside {each.own.version} of {self._owners.of(each.place)}"
            for each in copies
        )
        return Finding(
            code="IL549",
            what=f"{self._subject.label} brings {_counted(len(copies), 'library', 'libraries')} that the environment "
            "has in another version",
            why="a process that loads both has two copies with separate state, such as two pools of threads",
            fix="if that does harm, take the package from conda, or build it from source",
            severity=Severity.WARNING,
            details=_listed(lines),
        )

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
        return _listed((f"needed by {self._shown(module)}" for module in modules), most=3)


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
    return _listed((f"{home.place.name} has {demangled(other)}" for other in found), most=3)


def _version_order(version: str) -> tuple[str, tuple[int, ...]]:
    family = family_of(version)
    return family, release_of(version, family) or ()


def _newer_library(family: str) -> str:
    if family == "GLIBC":
        return "build it from source on this machine, or use a machine with a newer system"
    if family in _LIBSTDCXX:
        return "add a newer `libstdcxx` to the conda dependencies, or build it from source with the compiler at hand"
    return ""


def _counted(number: int, one: str, many: str = "") -> str:
    return f"1 {one}" if number == 1 else f"{number} {many or one + 's'}"


def _listed(lines: Iterable[str], most: int = _MOST) -> tuple[str, ...]:
    every = list(lines)
    rest = [f"and {len(every) - most} more"] if len(every) > most else []
    return (*every[:most], *rest)
