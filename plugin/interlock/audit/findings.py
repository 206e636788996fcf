"""Findings of the audit; ``label`` is the name and version of the audited package in all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.counting import counted, listed
from interlock.core.urls import redacted
from interlock_hooks.types import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from interlock.audit.osv import Advisory
    from interlock_hooks.types import IgnoredAdvisory, PyPIPackage

_MOST_FILES = 5
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


REPAIR = "run `interlock env install --repair`"

# -- what package managers recorded ----------------------------------------------------------------------------------


def conda_files_lost(name: str, gone: Sequence[str], total: int, fix: str) -> Finding:
    """IL560: files of a conda package are gone."""
    return Finding(
        code="IL560",
        what=f"the conda package {name} has lost {len(gone)} of its {total} files",
        why="another tool, such as pip, removed or replaced them, or an install was interrupted",
        fix=fix,
        details=listed(gone, _MOST_FILES),
    )


def files_lost(label: str, gone: Sequence[str], total: int, fix: str) -> Finding:
    """IL561: recorded files of a distribution are gone."""
    return Finding(
        code="IL561",
        what=f"{label} has lost {len(gone)} of its {total} files",
        why="another tool removed or replaced them, or an install was interrupted",
        fix=fix,
        details=listed(gone, _MOST_FILES),
    )


def files_changed(label: str, changed: Sequence[str], total: int, severity: Severity, fix: str) -> Finding:
    """IL564: recorded files of a package have other content."""
    return Finding(
        code="IL564",
        what=f"{len(changed)} of the {total} files of {label} {'have' if len(changed) > 1 else 'has'} changed",
        why="they are not what the package says it brought: someone edited them, another tool replaced them, or its "
        "list of files is wrong",
        fix=fix,
        severity=severity,
        details=listed(changed, _MOST_FILES),
    )


def installed_twice(name: str, installers: dict[str, str]) -> Finding:
    """IL562: several versions of a distribution are installed; ``installers`` names the tool for each version."""
    return Finding(
        code="IL562",
        what=f"{name} is installed {len(installers)} times: {', '.join(installers)}",
        why="two tools installed it one after the other, and their files overwrite each other, so no copy is complete",
        fix=f"uninstall {name} with both tools, then install it with one of them",
        details=tuple(f"{version} by {installer or 'an unknown tool'}" for version, installer in installers.items()),
    )


def requirements_unmet(label: str, problems: Sequence[str], severity: Severity) -> Finding:
    """IL563: requirements of a distribution are not met; each problem begins with the requirement."""
    return Finding(
        code="IL563",
        what=_not_met(label, problems),
        why="a package was installed, upgraded or removed without checking the requirements of the others",
        fix="install the missing packages, in the versions above",
        severity=severity,
        details=tuple(f"needs {problem}" for problem in dict.fromkeys(problems)),
    )


def project_unmet(problems: Sequence[str]) -> Finding:
    """IL563: requirements of the manifest are not met; each problem begins with the requirement."""
    return Finding(
        code="IL563",
        what=_not_met("the manifest", problems),
        why="the environment was changed by another program, or the manifest was changed since the last install",
        fix="run `interlock env install`",
        details=tuple(f"needs {problem}" for problem in dict.fromkeys(problems)),
    )


def _not_met(label: str, problems: Sequence[str]) -> str:
    return f"{counted(len(problems), 'requirement')} of {label} {'is' if len(problems) == 1 else 'are'} not met"


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


# -- advisories -------------------------------------------------------------------------------------------------------


def vulnerable(advisory: Advisory, requirers: Sequence[str], environments: Sequence[str]) -> Finding:
    """IL581: there is an advisory on a locked version of a package."""
    names = f" ({', '.join(advisory.aliases)})" if advisory.aliases else ""
    fixed = f"in {advisory.fixed[0]}" if advisory.fixed else "in no version that is known"
    ignore = "ignore it for a time, and say why: `ignore` in [tool.interlock.audit]"
    update = f"`interlock env update {advisory.name}`, or `env upgrade` where the manifest bounds it; or " + ignore
    return Finding(
        code="IL581",
        what=f"{advisory.name} {advisory.version} has {advisory.id}{names}: {advisory.summary or 'no summary'}",
        why=f"{', '.join(requirers)} {'requires' if len(requirers) == 1 else 'require'} it; it is fixed {fixed}",
        fix=update if advisory.fixed else ignore,
        details=(f"locked for {', '.join(environments)}",),
    )


def ignored_advisory(advisory: Advisory, entry: IgnoredAdvisory) -> Finding:
    """IL583: an advisory that the manifest ignores."""
    return Finding(
        code="IL583",
        severity=Severity.NOTE,
        what=f"{advisory.name} {advisory.version} has {advisory.id}, which the manifest ignores"
        + (f" until {entry.until}" if entry.until else ""),
        why=entry.reason,
        where=entry.where,
    )


def useless_ignore(entry: IgnoredAdvisory, why: str) -> Finding:
    """IL584: an entry that ignores nothing, since its day is over or no locked package has the advisory."""
    return Finding(
        code="IL584",
        severity=Severity.WARNING,
        what=f"the entry for {entry.id} in `ignore` has no effect",
        why=why,
        where=entry.where,
        fix="remove it, or look at the advisory again and set another day",
    )


def no_advisories_known(place: str, why: str, *, asked: bool) -> Finding:
    """IL582: the database of advisories could not be asked, so nothing is known of the packages."""
    fix = "check the network, or name a copy of the database with `--database PATH`"
    return Finding(
        code="IL582",
        what=f"the advisories of {redacted(place)} cannot be read, so the packages were not checked",
        why=redacted(why),
        fix=fix if asked else "name a zip archive or a directory of advisories in the OSV format",
    )


# -- attestations -----------------------------------------------------------------------------------------------------


def attestation_invalid(package: PyPIPackage, why: str) -> Finding:
    """IL585: an attestation of a locked file does not hold."""
    return Finding(
        code="IL585",
        what=f"an attestation of {package.artifact.filename} does not hold",
        why=why,
        fix=f"do not install {package} before you know why: ask its authors. A release of sigstore that is too old to "
        "know a key says so as well",
    )


def attestations_unknown(reasons: Sequence[tuple[str, str]]) -> Finding:
    """IL586: indexes could not be asked for attestations of some files."""
    return Finding(
        code="IL586",
        what=f"the attestations of {counted(len(reasons), 'file')} are not known",
        why="their indexes could not be asked, or do not list them",
        fix="check the network, and run the command again",
        details=tuple(f"{name}: {redacted(why)}" for name, why in reasons),
    )


def attestations_library_missing(why: str) -> Finding:
    """IL587: pypi-attestations is not installed."""
    return Finding(
        code="IL587",
        what="verifying attestations needs an optional package",
        why=why,
        fix="install `interlock[attestations]`",
    )


def trust_not_refreshed(why: str) -> Finding:
    """IL588: newer keys of Sigstore's could not be fetched."""
    return Finding(
        code="IL588",
        severity=Severity.WARNING,
        what="attestations were verified with the keys of Sigstore that this machine has, which may not be the newest",
        why=redacted(why),
        fix="nothing, if all of them hold",
    )
