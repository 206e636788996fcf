"""Findings about the order of things: builds, repairs and checks across the rooms."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.builds.discovery.findings import explicit_lines, place_of_lines
from interlock.core.counting import counted
from interlock.core.offline import running_command, switched_off
from interlock.core.pep508 import required_name
from interlock_hooks.types import BuildRequirement, Finding, Metadata, PyPIPackage, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from interlock_hooks.types import PackageBuildOptions

# How the metadata of a package is known, by its origin.
_KNOWN = {
    "sdist": "what its sdist or source tree states",
    "wheel": "from another wheel of the same version",
    "static": "read from {place}",
    "prebuilt": "from a prebuilt wheel",
    "backend": "what its build backend said while locking",
    "build": "from an earlier build",
    "pkg-info": "what its {place} says, which was assumed to be right",
}


def circular_build(names: Sequence[str]) -> Finding:
    """IL418: the build environment of the first package needs, through the others, the package itself."""
    return Finding(
        code="IL418",
        what=f"cannot build {names[0]}: its build environment depends on {names[0]} itself",
        why=f"each of these needs the wheel of the next one at build time: {' -> '.join(names)}",
        fix="remove one of their extra build dependencies, or use a wheel for one of them",
    )


def requirements_unknown(package: PyPIPackage, failure: Finding) -> Finding:
    """IL425: while locking, a backend failed to report its requirements; ``failure`` says why."""
    return replace(
        failure,
        code="IL425",
        what=f"the build backend of {package} failed to report its build requirements",
        why=failure.why or failure.what,
        fix="nothing has to be done if the package builds on the machine that installs it: the lock has its declared "
        f"requirements. Otherwise: {failure.fix}",
        severity=Severity.WARNING,
    )


def metadata_elsewhere(name: str, platform: str) -> Finding:
    """IL483: only the build backend knows the metadata, and it cannot run here."""
    return Finding(
        code="IL483",
        what=f"the metadata of {name} for {platform} is not available on this machine",
        why="only its build backend knows it, and the backend has to run on that platform",
        fix="declare it in `[[tool.uv.dependency-metadata]]`, or lock on a machine of that platform",
    )


def metadata_read(package: PyPIPackage, failure: Finding, programs: Sequence[str], source: str) -> Finding:
    """IL485: a backend cannot run here for want of programs, but the source proves its metadata at ``source``."""
    return replace(
        failure,
        code="IL485",
        what=f"the metadata of {package} was read from {source}, because its build backend cannot run here",
        why=f"it needs {' and '.join(programs)}, which the build environment lacks: {failure.why or failure.what}",
        fix=f"nothing, if another machine installs the lock. To build it here: {failure.fix}",
        severity=Severity.WARNING,
    )


def metadata_assumed(package: PyPIPackage, failure: Finding, assumed: Metadata) -> Finding:
    """IL486: the manifest accepts what an sdist says without a promise, since its backend cannot run here."""
    return Finding(
        code="IL486",
        what=f"the metadata of {package} is assumed to be what its {assumed.place} says: {_listed(assumed)}",
        why=f"its build backend cannot run here: {failure.what}",
        fix="nothing: its wheel is compared with that when it is built",
        severity=Severity.WARNING,
    )


def or_assume(failure: Finding, assumed: Metadata) -> Finding:
    """The failure to have a backend's answer, with the way to do without it."""
    way = (
        f'write `metadata = "assume"` in `[tool.interlock.build.packages.{assumed.name}]` to lock with what its '
        f"{assumed.place} says ({_listed(assumed)}); its wheel is compared with that when it is built"
    )
    return replace(failure, fix=f"{failure.fix}. Or {way}" if failure.fix else way)


def _listed(metadata: Metadata) -> str:
    return f"it requires {', '.join(metadata.requires_dist)}" if metadata.requires_dist else "it requires nothing"


def answered_without(answer: Metadata, sought: str, options: PackageBuildOptions) -> Finding:
    """IL487: a backend said what its package requires after it had looked for a package that was not there."""
    wanted = BuildRequirement(requirement=sought, match_runtime=True)
    named = [text for text in answer.requires_dist if required_name(text) == sought]
    then = f", and said then that it requires {named[0]}" if named else ""
    return Finding(
        code="IL487",
        what=f"{answer.name} {answer.version} was asked for its requirements without {sought}",
        why=f"its build backend looked for {sought}, which its build environment does not have{then}",
        fix=f"if its requirements follow {sought}, let the build see the {sought} of the environment: add the lines "
        f"above to {place_of_lines(answer.name)}",
        details=explicit_lines(answer.name, (*options.requirements, wanted)),
        severity=Severity.NOTE,
    )


def metadata_refuted(package: PyPIPackage, believed: Metadata | None, lines: Sequence[str]) -> Finding:
    """IL554: a wheel requires something else than the lock believes of it; ``lines`` are the differences."""
    origin = "sdist" if believed is None else believed.origin
    known = _KNOWN[origin].format(place=believed.place if believed else "")
    return Finding(
        code="IL554",
        what=f"the wheel of {package} requires something else than the lock has",
        why=f"the lock has the lines with -, which are {known}; the wheel has those with +",
        fix="run `interlock env lock`, which now knows better, and install again. Commit the lock",
        details=tuple(lines),
    )


def metadata_overridden(package: PyPIPackage, lines: Sequence[str]) -> Finding:
    """IL555: a wheel requires something else than the manifest declares of it, which counts."""
    return Finding(
        code="IL555",
        what=f"the wheel of {package} requires something else than `dependency-metadata` says",
        why="the manifest has the lines with -, which count; the wheel has those with +",
        fix="nothing, if that is why the metadata is declared",
        severity=Severity.NOTE,
        details=tuple(lines),
    )


def not_repaired(failures: Sequence[str]) -> Finding:
    """IL521: plugins know better ways to resolve, but none of them has a solution."""
    return Finding(
        code="IL521",
        severity=Severity.WARNING,
        what="the resolved packages do not fit, and no alternative has a solution",
        why="the alternatives below were tried in this order, as long as the indexes responded",
        fix="change the requirements that hold the packages at these versions, or what they have to fit",
        details=tuple(failures),
    )


def not_audited(package: PyPIPackage, why: str) -> Finding:
    """IL551: a wheel that should be audited before it is installed cannot be downloaded for that."""
    return Finding(
        code="IL551",
        what=f"the wheel of {package} is installed without an audit",
        why=f"it could not be downloaded for that: {why}",
        fix="run `interlock env doctor` afterwards",
        severity=Severity.WARNING,
    )


def from_caches(channels: Mapping[str, datetime | None], now: datetime) -> Finding:
    """IL654: a solve knows of these channels, and of package indexes, what was fetched before.

    With each channel comes when it was last asked, where that is known.
    """

    def told(channel: str, asked: datetime | None) -> str:
        if asked is None:
            return channel
        days = max((now - asked).days, 0)
        ago = f"{counted(days, 'day')} ago" if days else "less than a day ago"
        return f"{channel} (last asked on {asked.astimezone():%Y-%m-%d}, {ago})"

    places = ", ".join(told(*each) for each in channels.items()) or "package indexes"
    return Finding(
        code="IL654",
        what="solving with what was fetched before: newer packages, and some older ones, are not known",
        why=f"{switched_off()}; this is what caches have of {places}",
        fix=f"run {running_command()} with a network for the newest packages",
        severity=Severity.NOTE,
    )
