"""Findings about compiled code; ``label`` is the name and version of the audited package in all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.counting import counted, listed
from interlock_hooks.types import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

_IMPORT = "import the package once to find out whether it works"
_REPORT = "nothing has to be done on this machine; report it to the project"


# -- compiled code and the libraries of the environment --------------------------------------------------------------


def missing_symbols(
    label: str,
    owner: str,
    library: str,
    place: str,
    *,
    symbols: Collection[str],
    details: Sequence[str],
    fix: str,
    severity: Severity,
) -> Finding:
    """IL540: ``library`` of the package ``owner`` lacks symbols; ``place`` is its path in the prefix."""
    return Finding(
        code="IL540",
        what=f"{label} does not fit {owner}: it needs {counted(len(symbols), 'symbol')} that {library} does not define",
        why=f"{owner} has {place}, but {label} was compiled against another version of it: loading it would fail with "
        "`undefined symbol`",
        fix=fix,
        severity=severity,
        details=(*listed(symbols), *details),
    )


def undefined_symbols(label: str, symbols: Collection[str], files: Sequence[str]) -> Finding:
    """IL541: none of the libraries that are loaded with a module defines its symbols."""
    return Finding(
        code="IL541",
        what=f"{label} needs {counted(len(symbols), 'symbol')} that none of the libraries loaded with it defines",
        why="importing it fails, unless an earlier import has made these symbols available to all libraries",
        fix=_IMPORT,
        severity=Severity.WARNING,
        details=(*listed(symbols), *files),
    )


def other_library(
    label: str,
    owner: str,
    place: str,
    names: Sequence[str],
    *,
    instead: bool,
    files: Sequence[str],
    fix: str,
    severity: Severity,
) -> Finding:
    """IL542: the package ``owner`` has another version of a library, or with ``instead`` false lacks one."""
    has = f"has {place} instead, another version" if instead else f"has {place}, but not these: it is another build"
    return Finding(
        code="IL542",
        what=f"{label} does not fit {owner}: it needs {', '.join(names)}",
        why=f"{owner} {has} than {label} was made for; loading it would fail with `cannot open shared object file`",
        fix=fix,
        severity=severity,
        details=tuple(files),
    )


def missing_libraries(label: str, names: Sequence[str], files: Sequence[str]) -> Finding:
    """IL543: parts of a package need libraries that neither the environment nor the machine has."""
    number = counted(len(names), "library", "libraries")
    return Finding(
        code="IL543",
        what=f"{label}: parts of it need {number} that neither the environment nor this machine has",
        why="these parts cannot be used here; the rest of the package can",
        fix="if you need them, add the packages with these libraries, or install the driver",
        severity=Severity.WARNING,
        details=(*listed(names), *files),
    )


def older_library(
    label: str,
    owner: str,
    library: str,
    place: str,
    *,
    wanted: Sequence[str],
    offers: str,
    details: Sequence[str],
    fix: str,
    severity: Severity,
) -> Finding:
    """IL544: ``library`` of ``owner`` lacks versions of symbols; ``offers`` says which it has."""
    return Finding(
        code="IL544",
        what=f"{label} does not fit {owner}: it needs {', '.join(wanted)} from {library}",
        why=f"{place} of {owner} {offers}: loading it would fail with `version not found`",
        fix=fix,
        severity=severity,
        details=tuple(details),
    )


def other_machine(label: str, file: str, machine: str, fix: str) -> Finding:
    """IL550: a file was compiled for another kind of machine."""
    return Finding(
        code="IL550",
        what=f"{label}: {file} was compiled for {machine}",
        why="the interpreter of the environment runs on another kind of machine",
        fix=fix,
    )


def other_interpreter(label: str, python: str, kinds: Sequence[str], fix: str) -> Finding:
    """IL553: the tags of a wheel are for other interpreters (``kinds``, such as ``cp312-cp312``) than ``python``."""
    return Finding(
        code="IL553",
        what=f"{label} does not fit {python}",
        why=f"according to its tags it is for {', '.join(kinds)}",
        fix=fix,
    )


def second_copies(label: str, copies: Sequence[str]) -> Finding:
    """IL549: a package contains libraries of which the environment has another version."""
    number = counted(len(copies), "library", "libraries")
    return Finding(
        code="IL549",
        what=f"{label} contains its own copy of {number}, in another version than the environment's",
        why="a process that loads both has two copies with separate state, such as two thread pools",
        fix="if that causes problems, take the package from conda, or build it from source",
        severity=Severity.WARNING,
        details=listed(copies),
    )


def unreadable_modules(label: str, places: Sequence[str]) -> Finding:
    """IL552: the tables of ELF files contradict themselves."""
    number = counted(len(places), "module")
    they, were = ("it", "was") if len(places) == 1 else ("they", "were")
    return Finding(
        code="IL552",
        what=f"{label} has {number} that could not be read, so {they} {were} not audited",
        why="the tables of the file contradict each other: it is damaged, or a tool has changed it",
        fix=_IMPORT,
        severity=Severity.WARNING,
        details=listed(places, most=3),
    )


# -- promises of a wheel ---------------------------------------------------------------------------------------------


def newer_glibc_than_declared(label: str, file: str, needed: str, declared: str) -> Finding:
    """IL545: a wheel needs a newer glibc than the manifest declares."""
    return Finding(
        code="IL545",
        what=f"{label} needs glibc {needed}, but the manifest declares {declared}",
        why=f"{file} uses functions that glibc has since {needed}; it would not load with glibc {declared}",
        fix="raise `libc` in system-requirements, or compile for the older glibc with conda's compilers "
        f'(`sysroot_linux-64 = "{declared}"`)',
    )


def newer_glibc_than_promised(label: str, file: str, needed: str, promised: str) -> Finding:
    """IL546: a wheel needs a newer glibc than its platform tag says."""
    return Finding(
        code="IL546",
        what=f"{label} needs glibc {needed}, but its tag promises to work with {promised}",
        why=f"{file} uses functions that glibc has since {needed}",
        fix=_REPORT,
        severity=Severity.WARNING,
    )


def not_for_every_platform(label: str, files: Iterable[str]) -> Finding:
    """IL547: a wheel contains extension modules although its tag says that it works everywhere."""
    return Finding(
        code="IL547",
        what=f"{label} contains compiled extension modules, but its tag says that it works on every platform",
        why="on another platform, or for another Python, it would be installed but not work",
        fix=_REPORT,
        severity=Severity.WARNING,
        details=listed(files, most=3),
    )


def unstable_abi(label: str, file: str, minor: int, symbols: Sequence[str]) -> Finding:
    """IL548: an extension module claims the stable ABI of Python 3.``minor`` but uses other ``symbols``."""
    return Finding(
        code="IL548",
        what=f"{label}: {file} claims to use the stable ABI of Python 3.{minor}, but uses other symbols as well",
        why="with another version of Python it may fail or crash",
        fix="nothing has to be done for this Python; report it to the project",
        severity=Severity.WARNING,
        details=listed(symbols),
    )


# -- what was to be audited ------------------------------------------------------------------------------------------


def no_interpreter(prefix: Path, why: str) -> Finding:
    """IL570: a prefix has no working interpreter."""
    return Finding(
        code="IL570",
        what=f"{prefix} has no working Python interpreter",
        why=why,
        fix="name the directory of an environment with Python, made for this kind of machine",
    )


def not_a_wheel(path: Path, why: str) -> Finding:
    """IL571: a file cannot be read as a wheel."""
    return Finding(
        code="IL571",
        what=f"{path.name} is not a wheel",
        why=why,
        fix="name a wheel, without renaming the file: NAME-VERSION-PYTHON-ABI-PLATFORM.whl",
    )
