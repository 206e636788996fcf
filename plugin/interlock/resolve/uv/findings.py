"""Findings about resolving PyPI packages with uv."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.codes import INDEX_UNREACHABLE, NO_PYPI_SOLUTION, URL_OF_PROVIDED
from interlock.core.counting import counted
from interlock.core.findings import pypi_conflict, titled
from interlock.core.offline import switched_off
from interlock.core.urls import redacted
from interlock_hooks.types import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from interlock_hooks.types import (
        Artifact,
        Location,
        Missing,
        ProvidedDistribution,
        PyPIPackage,
        PyPIRequest,
        PythonTarget,
        Requirement,
    )

# -- the request ------------------------------------------------------------------------------------------------------


def invalid_requirement(text: str, problem: str, *, kind: str = "", where: Location | None = None) -> Finding:
    """IL301: a requirement is not valid (PEP 508); ``kind`` says what it is for, such as ``constraint``."""
    return Finding(
        code="IL301",
        what=f"{redacted(text)!r}{f' ({kind})' if kind else ''} is not a valid requirement",
        why=problem,
        where=where,
        fix="write it according to PEP 508, for example `numpy >=2,<3`",
    )


def unreadable_requirement(requirement: Requirement, why: str) -> Finding:
    """IL301: uv cannot read a requirement that is valid otherwise."""
    return Finding(
        code="IL301",
        what=f"uv cannot read the requirement {redacted(requirement.text)!r}",
        why=why,
        where=requirement.where,
        fix="correct the requirement",
    )


def unknown_index(requirement: Requirement, known: Sequence[str]) -> Finding:
    """IL302: a requirement names an index that is not declared; ``known`` are those that are."""
    return Finding(
        code="IL302",
        what=f"{requirement.name} uses the index {requirement.index!r}, which is not declared",
        why=f"declared indexes: {', '.join(known) or 'none'}",
        where=requirement.where,
        fix="declare an index with this name, or give its URL",
    )


def two_sources(requirement: Requirement, places: Sequence[str], python: PythonTarget) -> Finding:
    """IL308: a package is to come from several places at once."""
    return Finding(
        code="IL308",
        what=f"{requirement.name} has {len(places)} sources for Python {python.minor} on {python.platform}",
        why=f"all of these apply there: {', '.join(map(redacted, places))}",
        where=requirement.where,
        fix="let the markers exclude each other, or remove all but one of the sources",
    )


def index_missing(url: str, missing: Path) -> Finding:
    """IL303: an index on this machine does not exist."""
    return Finding(
        code=INDEX_UNREACHABLE,
        what=f"the package index {url} does not exist",
        why=f"there is nothing at {missing}",
        fix="correct the address of the index",
    )


def index_unreachable(url: str, reason: str, text: Sequence[str]) -> Finding:
    """IL303: an index does not respond; ``text`` is uv's message."""
    return Finding(
        code=INDEX_UNREACHABLE,
        what=f"the package index {url} does not respond",
        why=reason,
        fix="check the address and the network (proxies are taken from HTTPS_PROXY)",
        details=tuple(text),
    )


def not_fetched(url: str, why: str, *, where: Location | None, text: Sequence[str]) -> Finding:
    """IL303: an address does not give what it should; ``text`` is uv's message."""
    return Finding(
        code=INDEX_UNREACHABLE,
        what=f"{url} cannot be fetched",
        why=why,
        where=where,
        fix="check the address, the credentials for its server, and the network (proxies are taken from HTTPS_PROXY)",
        details=tuple(text),
    )


def not_an_index(url: str, content_type: str, text: Sequence[str]) -> Finding:
    """IL303: an address of an index leads to something else; ``text`` is uv's message."""
    return Finding(
        code=INDEX_UNREACHABLE,
        what=f"{url} is not a page of a package index",
        why=f"the server answers with {content_type}; a page of an index is HTML or JSON",
        fix="check the address of the index: it often ends with /simple",
        details=tuple(text),
    )


def find_links_missing(place: str, missing: Path) -> Finding:
    """IL304: a find-links location does not exist."""
    return Finding(
        code="IL304",
        what=f"the find-links location {place} does not exist",
        why=f"there is nothing at {missing}",
        fix="correct the path; it is relative to the manifest",
    )


def path_missing(requirement: Requirement, missing: Path) -> Finding:
    """IL305: the local file or directory of a requirement does not exist."""
    return Finding(
        code="IL305",
        what=f"{requirement.name} cannot be found",
        why=f"there is nothing at {missing}",
        where=requirement.where,
        fix="correct the path",
    )


def url_of_provided(requirement: Requirement, provided: ProvidedDistribution) -> Finding:
    """IL306: a requirement asks by URL for what conda supplies."""
    return Finding(
        code=URL_OF_PROVIDED,
        what=f"{requirement.name} is required by URL, but conda supplies it",
        why=f"the conda package {provided.record} supplies {provided.name} {provided.version}, which is never replaced",
        where=requirement.where,
        fix=f"remove {requirement.name} from the PyPI dependencies, or remove the conda package that supplies it",
    )


def unknown_target(python: PythonTarget, known: Iterable[str]) -> Finding:
    """IL307: uv does not support the interpreter or the platform."""
    return Finding(
        code="IL307",
        what=f"uv cannot resolve PyPI packages for {python.implementation} on {python.platform}",
        why="it supports CPython on " + ", ".join(known),
        fix="leave out PyPI dependencies for this platform, or remove it from `platforms`",
    )


# -- the answer -------------------------------------------------------------------------------------------------------


def no_solution(environment: str, why: str, *, where: Location | None, fix: str, details: Sequence[str]) -> Finding:
    """IL310: no set of versions fits."""
    return Finding(
        code=NO_PYPI_SOLUTION,
        what=pypi_conflict(environment),
        why=why,
        where=where,
        fix=fix,
        details=tuple(details),
    )


def python_excluded(package: PyPIPackage, required: str, request: PyPIRequest) -> Finding:
    """IL310: a package that has no other versions, because it comes from a URL or a path, excludes the interpreter."""
    why = f"{package.name} requires Python {required}, and the interpreter is Python {request.python.version}"
    where = next((each.where for each in request.requirements if each.name == package.name), None)
    fix = "allow another interpreter in the conda dependencies, or correct the package's requires-python"
    return no_solution(request.environment, why, where=where, fix=fix, details=())


def not_resolved(environment: str, why: str, *, where: Location | None, text: Sequence[str]) -> Finding:
    """IL311: resolving failed for another reason; ``text`` is uv's message."""
    return Finding(
        code="IL311",
        what=f"could not resolve the PyPI packages of {titled(environment)}",
        why=why,
        where=where,
        fix="if the metadata of a package is wrong, declare it in `[[tool.uv.dependency-metadata]]`",
        details=tuple(text),
    )


def damaged_archive(name: str, *, where: Location | None, text: Sequence[str]) -> Finding:
    """IL311: a wheel or sdist cannot be unpacked; ``text`` is uv's message."""
    return Finding(
        code="IL311",
        what=f"{name} cannot be unpacked",
        why="it is not a valid wheel or source distribution, or it is damaged",
        where=where,
        fix="check where it comes from, and replace it by the original file",
        details=tuple(text),
    )


def hash_differs(requirement: Requirement, promised: Sequence[str], artifact: Artifact) -> Finding:
    """IL312: a file has none of the hashes in the manifest."""
    expected = promised[0] if len(promised) == 1 else f"one of {len(promised)} hashes"
    return Finding(
        code="IL312",
        what=f"{requirement.name} does not have the hash in the manifest",
        why=f"expected sha256 {expected}, but {artifact.filename or 'the file'} has {artifact.sha256}",
        where=requirement.where,
        fix="if the change is expected, correct the hash; else do not trust the source",
        details=tuple(promised) if len(promised) > 1 else (),
    )


def hash_unknown(requirement: Requirement, artifact: Artifact) -> Finding:
    """IL312: there is no hash to compare with those in the manifest."""
    kinds = {"git": "it comes from a repository", "directory": "it comes from a directory"}
    why = kinds.get(artifact.kind, f"the index does not state the sha256 of {artifact.filename}")
    return Finding(
        code="IL312",
        what=f"Interlock cannot check {requirement.name} against the hash in the manifest",
        why=why,
        where=requirement.where,
        fix="remove the hash, or take the package from an index that states hashes",
    )


def wheel_unfit(
    filenames: Sequence[str], python: PythonTarget, why: str, *, where: Location | None, fix: str
) -> Finding:
    """IL313: the target can use none of the wheels that there are of a package."""
    return Finding(
        code="IL313",
        what=f"{filenames[0]} does not fit {python} on {python.platform}",
        why=why,
        where=where,
        fix=fix,
        details=tuple(filenames) if len(filenames) > 1 else (),
    )


def not_understood(why: str) -> Finding:
    """IL320: uv's output has another form than expected."""
    return Finding(
        code="IL320",
        what="uv printed a result that Interlock cannot read",
        why=why,
        fix="install the version of uv that this version of Interlock requires",
    )


# -- warnings ---------------------------------------------------------------------------------------------------------


def no_such_extra(package: str, extra: str, by: Sequence[str], *, where: Location | None) -> Finding:
    """IL351: a package does not have an extra that is asked of it; ``by`` says who asks."""
    return Finding(
        code="IL351",
        what=f"{package} has no extra named {extra!r}",
        why="; ".join(by),
        where=where,
        fix="correct its name, or ask for a version that has it",
        severity=Severity.WARNING,
    )


def extra_not_here(
    package: str, extra: str, by: Sequence[str], *, beside: Sequence[str], known: bool, where: Location | None
) -> Finding:
    """IL351: a backend decides about the extras of its package, and does not give one that is asked of it.

    ``beside`` are the packages that it looked at; ``known`` if the sdist itself names the extra.
    """
    asked = f"beside {' and '.join(beside)}" if beside else "in this environment"
    other = f"another version of {' or '.join(each.split()[0] for each in beside)}" if beside else "others"
    elsewhere = f"; its source distribution names the extra, so it has it beside {other}" if known else ""
    return Finding(
        code="IL351",
        what=f"{package} has no extra named {extra!r} {asked}",
        why="; ".join([f"its build backend decides about its extras, and was asked {asked}{elsewhere}", *by]),
        where=where,
        fix=f"ask for {other}, or leave the extra out" if known and beside else "correct its name, or leave it out",
        severity=Severity.WARNING,
    )


def extra_left_out(entry: ProvidedDistribution, extra: str, environment: str) -> Finding:
    """IL351: an extra is asked of a package that is already there, of whose extras nothing is known."""
    return Finding(
        code="IL351",
        what=f"{environment} does not have what {entry.name}[{extra}] requires",
        why=f"{entry.record} is already resolved, and is used as it is",
        fix="add what the extra requires to `extra-build-dependencies`",
        severity=Severity.WARNING,
    )


def without_upload_time(name: str, files: Sequence[str], why: str, fix: str) -> Finding:
    """IL352: a time limit leaves out files whose index does not say when they were uploaded."""
    return Finding(
        code="IL352",
        what=f"{counted(len(files), 'file')} of {name} cannot be used because of `exclude-newer`",
        why=why,
        fix=fix,
        severity=Severity.WARNING,
        details=tuple(files),
    )


def yanked(package: str, reason: str, by: Sequence[str], *, where: Location | None) -> Finding:
    """IL353: a version is used that its publisher took back (PEP 592), since a requirement names exactly this one."""
    said = f"its publisher took it back{f': {reason}' if reason else ''}"
    return Finding(
        code="IL353",
        what=f"{package} was yanked",
        why="; ".join([said, *by]),
        where=where,
        fix="require another version",
        severity=Severity.WARNING,
    )


def newer_not_cached(missing: Sequence[Missing]) -> Finding:
    """IL335: with the network switched off, versions were chosen from what is cached, and others may be better."""
    return Finding(
        code="IL335",
        what="PyPI packages were resolved without knowing all that their indexes have",
        why=f"{switched_off()}, and uv's cache lacks what might give another resolution",
        fix="resolve again with a network",
        details=tuple(map(str, missing)),
        missing=tuple(missing),
        severity=Severity.WARNING,
    )


def warning_of_uv(text: str) -> Finding:
    """IL350: a warning of uv's."""
    return Finding(code="IL350", what=text, why="a warning from uv while resolving", severity=Severity.WARNING)
