"""The rights of a build outside its own directories, and their breaches: writing files, using the network."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.builds.run import findings
from interlock.core.urls import local_path
from interlock.engines.budget import Budget
from interlock.engines.confinement import Confinement, can_restrict_writing, has_network, network_obstacle
from interlock.engines.control_group import control_group
from interlock_hooks.types import (
    BuiltWheel,
    EnvironmentRequest,
    Finding,
    InterlockError,
    PyPIPackage,
    SourceTree,
)

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from interlock.builds.run.log import BuildLog
    from interlock.builds.run.trace import Trace
    from interlock.engines.control_group import ControlGroup

# Files of the user that tell programs how to reach private servers; a build's own home shows them.
_CREDENTIALS = (".netrc", ".gitconfig", ".git-credentials", ".config/git")
_FORBIDDEN = re.compile(r"[Pp]ermission denied|Read-only file system|EACCES|EROFS|Errno (?:13|30)\b")
_PATH = re.compile(r"(/[^\s'\":,()`]+)")
_NO_NETWORK = re.compile(
    r"Temporary failure in name resolution|Name or service not known|[Cc]ould not resolve (?:host|proxy)|"
    r"Network is unreachable|getaddrinfo failed|failed to lookup address|ENETUNREACH|EAI_AGAIN|Connection refused|"
    r"[Ff]ailed to (?:establish a new connection|connect to)"
)
_TOO_LARGE = re.compile(r"File too large|Errno 27\b|File size limit exceeded")
# What a compiler says of a line of code has nothing to do with what a build may do.
_COMPILER = re.compile(r"^[^\s:(]+[:(]\d+[:,)].*\berror\b")
# Packages that download a wheel of themselves by default call the variable that stops that so.
_FORCING = re.compile(r"[\"']([A-Z][A-Z0-9_]*FORCE_BUILD)[\"']")


def confinement(
    package: PyPIPackage, request: EnvironmentRequest, work: Path, group: ControlGroup | None
) -> Confinement:
    """What the build of ``package`` may do: write to ``work`` and where the manifest allows it, and use the network.

    While the network is switched off it has none, where this machine can enforce that. Raises :class:`InterlockError`
    when this machine cannot enforce what the manifest wants enforced: IL422 for a denied network, IL426 for the places
    to write to.
    """
    artifact = package.artifact
    own = [local_path(artifact.url, request.root)] if artifact.editable else []
    if request.build.confine == "required" and not can_restrict_writing():
        raise InterlockError(findings.not_confined(package))
    network = request.build.network == "allow"
    if not network and (obstacle := network_obstacle()):
        raise InterlockError(findings.cannot_deny_network(package, obstacle))
    places = (work, work.resolve(), *own, *map(Path, request.build.writable))
    return Confinement(places, has_network(network), request.build.disk, group.entrance if group else None)


def require_no_hidden_builds(package: PyPIPackage, request: EnvironmentRequest, overlay: Iterable[PyPIPackage]) -> None:
    """Raise :class:`InterlockError` (IL422) when build requirements would be built with a network that is denied."""
    sources = sorted(str(entry) for entry in overlay if entry.needs_build)
    if sources and request.build.network == "deny":
        raise InterlockError(
            findings.cannot_deny_network(package, f"its build requirements {', '.join(sources)} have no wheel")
        )


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
        lines = [line for line in log if _NO_NETWORK.search(line)]
        return findings.offline(package, trace.reached, lines, log_file)
    if not can_restrict_writing():
        return None
    lines = [line for line in log if _FORBIDDEN.search(line)]
    # Programs name a file as they were told to; Python processes have noted where it is.
    refused = [*(path for line in lines for path in _outside(line, confinement)), *trace.written]
    return _strayed(package, list(dict.fromkeys(refused)), log=log_file) if lines and refused else None


def budget_of(request: EnvironmentRequest) -> Budget:
    """What one build may use of this machine."""
    return Budget(request.build.disk, request.build.memory)


def group_of(request: EnvironmentRequest) -> AbstractContextManager[ControlGroup | None]:
    """The control group of one build, which ends all that is in it; ``None`` where the system gives us none."""
    return control_group(request.build.memory)


def over_budget(package: PyPIPackage, budget: Budget, log: BuildLog, group: ControlGroup | None) -> Finding | None:
    """IL427 if a build that failed used more disk or memory than it may."""
    if budget.memory is not None and group is not None and group.ran_out_of_memory():
        return findings.used_too_much(package, "memory", None, budget.memory, log.path)
    if budget.exceeded:
        resource, used = budget.exceeded
        limit = budget.disk if resource == "disk" else budget.memory
        return findings.used_too_much(package, resource, used, limit or 0, log.path)
    if budget.disk is not None and any(_TOO_LARGE.search(line) for line in log.lines()):
        return findings.used_too_much(package, "disk", None, budget.disk, log.path)
    return None


def downloaded(wheel: BuiltWheel, package: PyPIPackage, source: SourceTree) -> Finding:
    """A warning about a build that asked the network for something (IL424)."""
    forcing = next((found[1] for text in source.scripts.values() if (found := _FORCING.search(text))), None)
    return findings.downloaded(package, wheel, forcing)


def unconfined() -> Finding | None:
    """A note (IL421) where nothing keeps builds from writing elsewhere."""
    return None if can_restrict_writing() else findings.unconfined()


def _strayed(package: PyPIPackage, paths: list[Path], *, done: bool = False, log: Path | None = None) -> Finding:
    shared = [path for path in paths if _is_shared(path)]
    if shared:
        return findings.changed_shared(package, shared, done=done, log=log)
    return findings.strayed(package, paths, done=done, log=log)


def _outside(line: str, confinement: Confinement) -> list[Path]:
    """The paths in a line that only the confinement, and no permission of theirs, keeps from being written."""
    paths = [Path(text) for text in _PATH.findall(line)]
    return [path for path in paths if _is_shared(path) or _is_kept_from(path, confinement)]


def _is_kept_from(path: Path, confinement: Confinement) -> bool:
    own = any(path.is_relative_to(place) for place in confinement.writable)
    return not own and os.access(path if path.exists() else path.parent, os.W_OK)


def _is_shared(path: Path) -> bool:
    """Whether a path leads to a package in a build environment, which other builds see as well."""
    # Imported here: few builds fail, and only what they were refused is looked at.
    from interlock.builds.run.layers import layers_dir

    try:
        return path.resolve().is_relative_to(layers_dir().resolve())
    except (OSError, RuntimeError):  # a loop of links
        return False
