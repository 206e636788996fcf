"""Findings about a project, its lock and its environments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from interlock.core.findings import titled
from interlock.lock.findings import out_of_date
from interlock_hooks.types import Finding, Location, Severity

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.builds.store.store import Stored
    from interlock_hooks.types import (
        EnvironmentRequest,
        LockedEnvironment,
        PyPIPackage,
        SystemRequirement,
        VirtualPackage,
    )


# -- environments ----------------------------------------------------------------------------------------------------


def not_installed(name: str, prefix: Path) -> Finding:
    """IL692: there is no prefix."""
    return Finding(
        code="IL692",
        what=f"environment {name} is not installed",
        why=f"there is no prefix at {prefix}",
        fix="run `interlock env install`",
    )


def half_made(name: str, prefix: Path) -> Finding:
    """IL692: the last install did not end."""
    return Finding(
        code="IL692",
        what=f"environment {name} is not completely installed",
        why=f"an install into {prefix} was interrupted, failed, or is under way",
        fix="run `interlock env install`, which goes on with it",
    )


def not_from_a_lock(prefix: Path, why: str) -> Finding:
    """IL683: no lock says what is in a prefix."""
    return Finding(
        code="IL683",
        what=f"no interlock.lock describes the environment in {prefix}",
        why=why,
        where=Location(file=str(prefix)),
        fix="install it with Interlock, and export it then",
    )


def would_break(prefix: Path, reasons: Sequence[str]) -> Finding:
    """IL682: another tool is about to change what PyPI packages rely on."""
    return Finding(
        code="IL682",
        what=f"this change would break packages that Interlock installed in {prefix}",
        why="they were resolved and built for the conda packages that are there",
        where=Location(file=str(prefix)),
        details=tuple(reasons),
        fix="change the manifest and install it again, or set CONDA_PLUGINS_INTERLOCK_GUARD=false to do it anyway",
    )


def no_platform_here(
    name: str,
    missing: Mapping[str, Sequence[SystemRequirement]],
    machine: Mapping[str, VirtualPackage],
    where: Location | None,
) -> Finding:
    """IL694: of the platforms for machines like this one, each asks for something that it does not have."""

    def told(requirement: SystemRequirement) -> str:
        found = machine.get(requirement.name)
        has = f"{found.version} {found.build}".removesuffix(" 0") if found else "none"
        return f"{requirement.name} {requirement.version} (here: {has})"

    return Finding(
        code="IL694",
        what=f"this machine can use none of the platforms of environment {name}",
        why="; ".join(f"{platform} asks for {', '.join(map(told, asked))}" for platform, asked in missing.items()),
        where=where,
        fix=f"add a platform that asks for less, or choose one with `--platform {next(iter(missing))}`",
    )


def other_platform(name: str, platform: str, subdir: str) -> Finding:
    """IL694: a platform was chosen that is for other machines."""
    return Finding(
        code="IL694",
        what=f"environment {name} cannot be installed for {platform} on this machine",
        why=f"{platform} is a platform for {subdir}",
        fix="choose a platform for this machine; `interlock env lock` locks all of them",
    )


def sources_not_named(lock: Path, package: PyPIPackage, place: Path) -> Finding:
    """IL608: only the lock has a package from a place of this machine whose content nothing fixes."""
    return Finding(
        code="IL608",
        what=f"{lock.name} takes {package.name} from {place}, which nothing else names",
        why="whoever changes a lock must not choose what of this machine is built, and neither the manifest, nor a "
        "project or workspace that it names, nor a plugin asks for this place",
        where=Location(file=str(lock)),
        fix="check who changed the lock, delete it, and run `interlock env lock`; if the place is meant, name it in "
        f"the manifest: `{package.name} = {{ path = ... }}`",
    )


def unused_by_editor(name: str, settings: str, line: str) -> Finding:
    """IL695: VS Code is used in this project, and not told of the environment."""
    return Finding(
        code="IL695",
        severity=Severity.NOTE,
        what=f"VS Code is not set up to use environment {name}",
        why=f"{settings} does not name an interpreter",
        fix=f"add {line}",
    )


def not_ours(prefix: Path) -> Finding:
    """IL691: a directory among the environments that is not a conda prefix."""
    return Finding(
        code="IL691",
        what=f"{prefix} was not removed",
        why="it contains files but is not a conda prefix",
        fix="inspect the directory and remove it by hand",
    )


def unknown_program(program: str, environment: str) -> Finding:
    """IL191: the program is not in the environment, nor on ``PATH``."""
    return Finding(
        code="IL191",
        what=f"{program!r} is not a program of environment {environment}",
        why="it is neither in the environment nor on PATH",
        fix="add the package that contains it to the manifest, or correct the name",
    )


def unknown_tool(program: str, environment: str) -> Finding:  # noqa: ARG001 - as unknown_program
    """IL191: the program is not in a throw-away environment, nor on ``PATH``."""
    return Finding(
        code="IL191",
        what=f"the packages that were asked for do not contain {program!r}",
        why="it is neither in the throw-away environment nor on PATH",
        fix=f"name the package that contains it: interlock env exec -w SPEC -- {program}",
    )


def left_out(refusal: Finding, targets: Sequence[tuple[str, str]]) -> Finding:
    """Why environments, each on a platform, cannot be locked, with their names."""
    names = ", ".join(f"{name} on {platform}" for name, platform in targets)
    return replace(refusal, details=(*refusal.details, f"not locked because of this: {names}"))


# -- stored wheels ---------------------------------------------------------------------------------------------------


def unknown_wheel(name: str, stored: Sequence[str]) -> Finding:
    """IL192: the store has no wheel with this name; ``stored`` are the packages that it has wheels of."""
    near = get_close_matches(name, stored, 1)
    return Finding(
        code="IL192",
        what=f"the store has no wheel of {name!r}",
        why=f"it has wheels of {', '.join(stored)}" if stored else "it is empty",
        fix=f"did you mean {near[0]!r}?" if near else "run `interlock cache list` to see its wheels",
    )


def damaged_wheel(stored: Stored) -> Finding:
    """IL580: a stored wheel did not have its hash."""
    entry = stored.entry
    return Finding(
        code="IL580",
        what=f"the stored wheel of {entry.name} {entry.version} was damaged or missing; its entry was removed",
        why=f"{stored.wheel} does not have the hash {entry.sha256}",
        fix="nothing has to be done, it is built again when it is needed; if this happens again, check the disk",
    )


def damaged_packages(path: Path, names: Sequence[str]) -> Finding:
    """IL580: packages of build environments were not as they were installed."""
    what = ", ".join(names) or "byte code, or the list of files"
    return Finding(
        code="IL580",
        what=f"packages for builds in {path} were damaged ({what}) and were removed",
        why="their files are not what was installed",
        fix="nothing has to be done, they are installed again when a build uses them; if this happens again, check the "
        "disk",
    )


# -- names -----------------------------------------------------------------------------------------------------------


def unknown_name(name: str, request: EnvironmentRequest, locked: LockedEnvironment | None) -> Finding:
    """IL245: neither the lock nor the channels have a conda package with this name, or one that supplies it."""
    known = {record.name for record in locked.conda.records} if locked else set()
    known |= {str(entry.name) for entry in locked.resolution.provided} if locked else set()
    near = get_close_matches(name.lower(), sorted(known), 1)
    package = locked.resolution.get(name) if locked else None
    taken = f"the lock takes {package} from PyPI; " if package else ""
    return Finding(
        code="IL245",
        what=f"no conda package has the name {name!r} or supplies a distribution with that name",
        why=f"{taken}neither the lock nor the channels have one for {titled(request.name)} on {request.target}",
        fix=f"did you mean {near[0]!r}?" if near else "check the name",
    )


def outdated_names(lock: Path, request: EnvironmentRequest) -> Finding:
    """IL246: current rules for names, applied to the packages of an outdated lock."""
    return Finding(
        code="IL246",
        severity=Severity.WARNING,
        what=out_of_date(lock, request.name, request.target),
        why="the names follow the current manifest, but the packages were locked for an earlier one",
        fix="run `interlock env lock`",
    )


# -- the lock, inspected ---------------------------------------------------------------------------------------------


def outdated_lock(path: Path, environment: str, platform: str) -> Finding:
    """IL621: the lock is out of date, so that lines of the manifest may be missing in it."""
    return Finding(
        code="IL621",
        severity=Severity.WARNING,
        what=out_of_date(path, environment, platform),
        why="the manifest changed after the lock was written, so some of its lines may have no packages in the lock",
        where=Location(file=str(path)),
        fix="run `interlock env lock`",
    )


def unreadable_manifest(problem: Finding) -> Finding:
    """IL622: a problem of the manifest, as a warning of a command that does not need it."""
    return replace(
        problem,
        code="IL622",
        severity=Severity.WARNING,
        what="the manifest cannot be read, so only the lock is shown",
        why=f"{problem.code}: {problem.what}",
    )


# -- versions of the lock, compared ----------------------------------------------------------------------------------


def no_lock(what: str, why: str, fix: str) -> Finding:
    """IL623: one of the locks to compare does not exist."""
    return Finding(code="IL623", what=f"cannot compare {what}: it does not exist", why=why, fix=fix)


def nothing_to_compare(
    labels: tuple[str, str], environment: str | None, platform: str | None, known: Iterable[tuple[str, str]]
) -> Finding:
    """IL624: neither lock has the environment on the platform; ``known`` are those that they have."""
    wanted = " on ".join(filter(None, (environment and f"environment {environment!r}", platform)))
    held = ", ".join(f"{name} on {subdir}" for name, subdir in known)
    return Finding(
        code="IL624",
        what=f"neither {labels[0]} nor {labels[1]} covers {wanted}",
        why=f"they cover: {held or 'nothing'}",
        fix="name one of these, or omit the option to compare all",
    )


def unknown_manifest(label: str) -> Finding:
    """IL625: the manifest that a lock was made from is unknown."""
    return Finding(
        code="IL625",
        severity=Severity.NOTE,
        what=f"the manifest of the lock {label} is unknown",
        why="there is no manifest next to the lock, or it cannot be read",
        fix="nothing has to be done; changes are explained from the packages alone, not from lines of the manifest",
    )


# -- locks of other tools --------------------------------------------------------------------------------------------


def preferred_lock(name: str) -> Finding:
    """IL626: the first lock is made close to that of another tool."""
    return Finding(
        code="IL626",
        what=f"versions of {name} are preferred",
        why="the project has no interlock.lock yet",
        severity=Severity.NOTE,
    )


def unreadable_lock(name: str, why: str) -> Finding:
    """IL627: the lock of another tool cannot be read."""
    return Finding(
        code="IL627",
        what=f"{name} cannot be read, and its versions are not preferred",
        why=why,
        severity=Severity.WARNING,
    )


# -- archives --------------------------------------------------------------------------------------------------------


def unknown_archive(path: Path, endings: Sequence[str]) -> Finding:
    """IL670: the name of an archive does not say of which kind it is to be."""
    return Finding(
        code="IL670",
        what=f"{path.name} is not the name of an archive that Interlock can write",
        fix=f"choose a name that ends with {', '.join(endings[:-1])} or {endings[-1]}",
    )


def editable_left_out(names: Sequence[str], *, refused: bool) -> Finding:
    """IL671: editable packages are links to directories of this machine; IL672 when they are left out."""
    several = len(names) > 1
    if refused:
        return Finding(
            code="IL671",
            what=f"{', '.join(names)} {'are' if several else 'is'} editable, and cannot be packed",
            why="an editable package is a link to a directory of this machine",
            fix="write `editable = false` in the manifest, or leave them out with --without-editable",
        )
    return Finding(
        code="IL672",
        severity=Severity.WARNING,
        what=f"the archive leaves out {', '.join(names)}",
        why=f"{'they are' if several else 'it is'} editable: a link to a directory of this machine",
        fix="bring the source along",
    )


def cannot_be_packed(name: str, path: Path, error: Exception) -> Finding:
    """IL673: no archive can be made of an environment."""
    return Finding(
        code="IL673",
        what=f"environment {name} cannot be packed into {path}",
        why=(isinstance(error, OSError) and error.strerror) or " ".join(str(error).split()),
        fix="run `interlock env doctor`, and check the directory and the free space where the archive is written",
    )


def half_installed(name: str, path: Path) -> Finding:
    """IL673: the last install of an environment did not end."""
    return Finding(
        code="IL673",
        what=f"environment {name} cannot be packed into {path}",
        why="its last install was interrupted or failed, so that something may be missing",
        fix="run `interlock env install`",
    )


# -- edits of the manifest -------------------------------------------------------------------------------------------


def changed_meanwhile(path: Path) -> Finding:
    """IL134: somebody else changed the manifest or the lock while its next version was solved."""
    return Finding(
        code="IL134",
        what=f"{path.name} changed while this command ran",
        why="another program or a person wrote to it, and writing it now would undo that",
        where=Location(file=str(path)),
        fix="run the command again; nothing was written",
    )


def unwritable_manifest(path: Path, error: OSError) -> Finding:
    """IL135: the manifest cannot be written."""
    return Finding(
        code="IL135",
        what=f"{path.name} cannot be written",
        why=error.strerror or str(error),
        where=Location(file=str(path)),
        fix="check its permissions and the free space; it has its old content",
    )


def nothing_changed(path: Path) -> Finding:
    """IL139: an edit has no solution."""
    return Finding(
        code="IL139",
        severity=Severity.NOTE,
        what=f"{path.name} and the lock are unchanged",
        why="they are written only if there is a solution; lines above are those of the manifest with the edit",
    )


def still_installed(name: str, environment: str, because: str) -> Finding:
    """IL137: what was removed from the manifest stays in an environment."""
    return Finding(
        code="IL137",
        severity=Severity.NOTE,
        what=f"{name} stays in {titled(environment)}",
        why=because,
    )


def edited_all_the_same(names: Sequence[str]) -> Finding:
    """IL138: the manifest and the lock were written, but the environment could not be installed."""
    return Finding(
        code="IL138",
        severity=Severity.NOTE,
        what=f"{' and '.join(names)} {'have' if len(names) > 1 else 'has'} the change, but the environment does not",
        why="the change has a solution; installing it failed",
        fix="correct what the error names and run `interlock env install`, or take the change back",
    )


# -- the first manifest ----------------------------------------------------------------------------------------------


def cannot_begin(folder: Path, error: OSError) -> Finding:
    """IL140: a directory cannot be made a project."""
    return Finding(
        code="IL140",
        what=f"no manifest can be written into {folder}",
        why=error.strerror or str(error),
        where=Location(file=str(error.filename or folder)),
        fix="choose another directory, or check its permissions and the free disk space",
    )
