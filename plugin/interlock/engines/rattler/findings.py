"""Findings about solving, fetching, linking and activating conda packages.

Those in capitals are completed with the reason and the place by :mod:`interlock.engines.rattler.errors`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from interlock.core.codes import NO_CONDA_SOLUTION
from interlock.core.findings import conda_conflict, wrong_hash
from interlock.core.urls import redacted
from interlock_hooks.types import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from interlock_hooks.types import CondaRecord, CondaRequest, Location

UNKNOWN_FAILURE = Finding(
    code="IL200",
    what="the conda engine failed",
    fix="run the command again with -vv and report the output",
)
INVALID_SPEC = Finding(
    code="IL201",
    what="a conda requirement is not valid",
    fix="write a name and a version range, for example `numpy >=2.1,<3`",
)
INVALID_CHANNEL = Finding(
    code="IL202",
    what="a channel is neither a name nor a URL",
    fix="write a name like `conda-forge`, or a URL such as `https://host/channel` or `file:///path/to/channel`",
)
CHANNEL_UNREACHABLE = Finding(
    code="IL203",
    what="a conda channel cannot be reached",
    fix="check the channel's address, the network and the proxy variables; if the server is only busy, run the command "
    "again later; behind a private certificate authority set SSL_CERT_FILE",
)
NO_CHANNEL = Finding(
    code="IL204",
    what="there is no conda channel at this address",
    fix="correct the channel's address; a channel has a noarch folder with repodata.json",
)
UNREADABLE_INDEX = Finding(
    code="IL205",
    what="the index of a conda channel cannot be read",
    fix="index the channel again, or report it to its maintainer",
)
ACCESS_REFUSED = Finding(
    code="IL206",
    what="a conda channel refuses access",
    fix="store credentials for the host with `rattler auth login` or `pixi auth login`, or in a .netrc file",
)
UNREADABLE_CREDENTIALS = Finding(
    code="IL206",
    what="the stored credentials for conda channels cannot be read",
    fix="check the file in RATTLER_AUTH_FILE, or log in again",
)
PACKAGE_UNREACHABLE = Finding(
    code="IL207",
    what="could not download a conda package",
    fix="the channel may have removed it: `interlock env update NAME` looks for another one of this package",
)
PACKAGE_DAMAGED = Finding(
    code="IL208",
    what="a conda package is damaged",
    fix="run the command again; if the file in the channel is damaged, tell its maintainer",
)
UNUSABLE_CACHE = Finding(
    code="IL209",
    what="rattler's cache or configuration cannot be used",
    fix="set RATTLER_CACHE_DIR to a writable directory",
)
INVALID_VIRTUAL_PACKAGE = Finding(
    code="IL212",
    what="a virtual package has an invalid version",
    fix="write a plain version such as 12.4",
)
UNKNOWN_PLATFORM = Finding(
    code="IL213",
    what="a platform is unknown",
    fix="use a conda platform such as linux-64, linux-aarch64, osx-arm64 or win-64",
)
WRONG_HASH = wrong_hash("a downloaded package")
NOT_WRITABLE = Finding(
    code="IL651",
    what="the environment's directory is not writable",
    fix="make the directory writable for this user, or choose another directory",
)
DISK_FULL = Finding(
    code="IL652",
    what="the disk is full",
    fix="free some space and run the command again; finished work is kept",
)
NOT_LINKED = Finding(
    code="IL653",
    what="conda packages cannot be linked into the environment",
    fix="run the command again; if it fails again, remove the environment with `interlock env clean`",
)


def no_solution(
    request: CondaRequest, why: str, *, where: Location | None, fix: str, details: Sequence[str]
) -> Finding:
    """IL210: the request has no solution."""
    return Finding(
        code=NO_CONDA_SOLUTION,
        what=conda_conflict(request.environment, request.platform),
        why=why,
        where=where,
        fix=fix,
        details=tuple(details),
    )


def invalid_cutoff(text: str, error: ValueError) -> Finding:
    """IL214: ``exclude-newer`` cannot be read."""
    return Finding(
        code="IL214",
        what=f"exclude-newer = {text!r} is neither a time nor a duration",
        why=str(error),
        fix='write a date ("2026-01-31"), a time stamp ("2026-01-31T12:00:00Z") or a duration ("7d")',
    )


def unknown_names(record: CondaRecord, why: str) -> Finding:
    """IL244: nothing says which distributions a package supplies, and its files cannot be listed."""
    return Finding(
        code="IL244",
        what=f"cannot find out which PyPI packages {record} supplies",
        why=redacted(why).splitlines()[0] if why else "",
        fix=f"check the network, or map the package in conda-pypi-map: {{ mapping = {{ {record.name} = ... }} }}",
        details=(redacted(record.url),),
    )


def archive_changed(record: CondaRecord, path: Path, algorithm: str, found: str, wanted: str | None) -> Finding:
    """IL501: a local package does not have the hash in the lock."""
    return wrong_hash(record.file_name, f"the {algorithm} of {path} is {found}, but the lock has {wanted}")


def unsafe_package(record: CondaRecord, why: str) -> Finding:
    """IL502: a package would change files outside of its environment, or is not the one that its channel names."""
    return Finding(
        code="IL502",
        what=f"the conda package {record.file_name} is not safe to install",
        why=why,
        fix=f"do not use it, and report it to its channel; choose another version or build of {record.name}",
        details=(redacted(record.url),),
    )


def unsafe_record(record: CondaRecord, why: str) -> Finding:
    """IL503: what a channel or a lock says of a package would lead out of the cache or the environment."""
    return Finding(
        code="IL503",
        what=f"the record of the conda package {record.file_name!r} is not safe to use",
        why=why,
        fix="report it to the channel; if the lock alone has it, remove the lock and lock again",
        details=(redacted(record.url),),
    )


def not_writable(prefix: Path, error: OSError) -> Finding:
    """IL651: the prefix cannot be written."""
    return Finding(
        code=NOT_WRITABLE.code,
        what=f"{NOT_WRITABLE.what}: {prefix}",
        why=os.strerror(error.errno) if error.errno else str(error),
        fix=NOT_WRITABLE.fix,
    )


def script_failed(script: str, why: str, output: Sequence[str]) -> Finding:
    """IL660: an activation script did not finish."""
    return Finding(
        code="IL660",
        what=f"could not activate the environment: {script} failed",
        why=why,
        fix="correct the script, or the package that contains it",
        details=tuple(output),
    )


def script_missing(script: Path) -> Finding:
    """IL661: a script in the manifest's ``activation`` table does not exist."""
    return Finding(
        code="IL661",
        what=f"activation script {script} does not exist",
        why="the manifest's activation table names it",
        fix="correct the path, which is relative to the manifest, or remove it",
    )
