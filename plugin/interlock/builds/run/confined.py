"""What a build may do outside of its own directories, and what it did: writing, and asking the network."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.core.urls import local_path
from interlock.engines.confinement import Confinement, can_restrict_writing, network_obstacle
from interlock_hooks.types import (
    BuiltWheel,
    EnvironmentRequest,
    Finding,
    InterlockError,
    PyPIPackage,
    Severity,
    SourceTree,
)

if TYPE_CHECKING:
    from interlock.builds.run.trace import Trace

# Files of the user that tell programs how to reach private servers; a build's own home shows them.
_CREDENTIALS = (".netrc", ".gitconfig", ".git-credentials", ".config/git")
_FORBIDDEN = re.compile(r"[Pp]ermission denied|Read-only file system|EACCES|Errno 13\b")
_PATH = re.compile(r"(/[^\s'\":,()`]+)")
_NO_NETWORK = re.compile(
    r"Temporary failure in name resolution|Name or service not known|[Cc]ould not resolve (?:host|proxy)|"
    r"Network is unreachable|getaddrinfo failed|failed to lookup address|ENETUNREACH|EAI_AGAIN|Connection refused|"
    r"[Ff]ailed to (?:establish a new connection|connect to)"
)
# What a compiler says of a line of code has nothing to do with what a build may do.
_COMPILER = re.compile(r"^[^\s:(]+[:(]\d+[:,)].*\berror\b")
# Packages that download a wheel of themselves by default call the variable that stops that so.
_FORCING = re.compile(r"[\"']([A-Z][A-Z0-9_]*FORCE_BUILD)[\"']")


def confinement(package: PyPIPackage, request: EnvironmentRequest, work: Path) -> Confinement:
    """What the build of ``package`` may do: write to ``work`` and where the manifest allows it, and use the network.

    Raises :class:`InterlockError` (IL422) when the network is denied and this machine cannot enforce that.
    """
    artifact = package.artifact
    own = [local_path(artifact.url, request.root)] if artifact.editable else []
    network = request.build.network == "allow"
    if not network and (obstacle := network_obstacle()):
        raise InterlockError(_cannot_deny(package, obstacle))
    return Confinement((work, work.resolve(), *own, *map(Path, request.build.writable)), network)


def require_no_hidden_builds(package: PyPIPackage, request: EnvironmentRequest, overlay: Iterable[PyPIPackage]) -> None:
    """Raise :class:`InterlockError` (IL422) when build requirements would be built with a network that is denied."""
    sources = sorted(str(entry) for entry in overlay if entry.needs_build)
    if sources and request.build.network == "deny":
        raise InterlockError(_cannot_deny(package, f"its build requirements {', '.join(sources)} have no wheel"))


def make_home(home: Path, of: Path) -> None:
    """Make the home directory of one build, in which the user's credentials for git and HTTP servers are seen."""
    home.mkdir()
    for name in _CREDENTIALS:
        if (of / name).exists():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).symlink_to(of / name)


def written_elsewhere(package: PyPIPackage, trace: Trace, *, since: float) -> Finding | None:
    """What a build wrote outside of its directories where nothing could keep it from that (IL420).

    ``since`` is when it began (Unix time). Only what its Python processes wrote is known, and only what is still there
    counts.
    """
    if can_restrict_writing():
        return None
    written = [path for path in trace.written if path.exists() and path.lstat().st_mtime >= since]
    return _strayed(package, written, done=True) if written else None


def breach(
    package: PyPIPackage, cause: str, log: list[str], trace: Trace, confinement: Confinement, log_file: Path
) -> Finding | None:
    """What a failed build was not allowed to do, if that is why it failed: IL420 for writing, IL423 for the network.

    ``cause`` is the line of the log that says why it failed, as far as that is known.
    """
    if _COMPILER.match(cause):
        return None
    if not confinement.network and any(_NO_NETWORK.search(line) for line in log):
        return _offline(package, trace, log, log_file)
    if not can_restrict_writing():
        return None
    lines = [line for line in log if _FORBIDDEN.search(line)]
    # Programs name a file as they were told to; Python processes have noted where it is.
    refused = [*(path for line in lines for path in _outside(line, confinement)), *trace.written]
    return _strayed(package, list(dict.fromkeys(refused)), log=log_file) if lines and refused else None


def downloaded(wheel: BuiltWheel, package: PyPIPackage, source: SourceTree) -> Finding:
    """A warning about a build that asked the network for something (IL424)."""
    forcing = next((found[1] for text in source.scripts.values() if (found := _FORCING.search(text))), None)
    remedy = f"set {forcing} among its build variables, or " if forcing else ""
    return Finding(
        code="IL424",
        what=f"the build of {package} asked the network for {', '.join(wheel.downloads[:3])}",
        why="the lock does not hold what comes from there, so that the same build may make another wheel tomorrow; "
        "this one is not put into shared stores",
        fix=f'{remedy}set `network = "deny"` in [tool.interlock.build] to build from what is locked alone',
        details=wheel.downloads[3:],
        severity=Severity.WARNING,
        log=str(wheel.log) if wheel.log else None,
    )


def unconfined() -> Finding | None:
    """A note (IL421) where nothing keeps builds from writing elsewhere."""
    if can_restrict_writing():
        return None
    return Finding(
        code="IL421",
        what="builds are not confined on this machine",
        why="that takes Linux 5.19 or newer with Landlock; what builds write to other places is noticed afterwards, if "
        "Python wrote it",
        fix="nothing has to be done for sources that you trust",
        severity=Severity.NOTE,
    )


def _outside(line: str, confinement: Confinement) -> list[Path]:
    """The paths in a line that only the confinement, and no permission of theirs, keeps from being written."""
    paths = [Path(text) for text in _PATH.findall(line)]
    return [
        path
        for path in paths
        if not any(path.is_relative_to(place) for place in confinement.writable)
        and os.access(path if path.exists() else path.parent, os.W_OK)
    ]


def _strayed(package: PyPIPackage, paths: list[Path], *, done: bool = False, log: Path | None = None) -> Finding:
    places = ", ".join(map(str, paths[:3]))
    return Finding(
        code="IL420",
        what=f"the build of {package} {'wrote' if done else 'tried to write'} outside of its own directories: {places}",
        why="a build may write to its source, its build environment, and the TMPDIR and HOME that it is given"
        + ("; its wheel is not used" if done else ""),
        fix=f'if it has to, add `writable = ["{paths[0].parent}"]` to [tool.interlock.build]; else report it there',
        details=tuple(map(str, paths[3:])),
        log=None if log is None else str(log),
    )


def _offline(package: PyPIPackage, trace: Trace, log: list[str], log_file: Path) -> Finding:
    lines = [line for line in log if _NO_NETWORK.search(line)]
    return Finding(
        code="IL423",
        what=f"the build of {package} needs the network"
        + (f": {', '.join(trace.reached[:3])}" if trace.reached else ""),
        why='`network = "deny"` in [tool.interlock.build] keeps it from that',
        fix='set the build variables that make it build from its own source, or `network = "allow"`',
        details=tuple(lines[:5]),
        log=str(log_file),
    )


def _cannot_deny(package: PyPIPackage, why: str) -> Finding:
    return Finding(
        code="IL422",
        what=f"{package} cannot be built without network here",
        why=f'`network = "deny"` in [tool.interlock.build] asks for that, but {why}',
        fix='allow user namespaces (in containers: the capability SYS_ADMIN), or set `network = "allow"`',
    )
