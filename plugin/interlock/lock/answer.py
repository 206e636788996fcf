"""What tells that the packages of a locked environment are still those that were solved together.

Version control merges two locks line by line. Where one branch changed the manifest and the other one moved versions,
the result can be a lock that matches the manifest, with packages that no solver has seen together.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interlock_hooks.types import CondaRecord, LockedEnvironment, PyPIPackage


def answer_digest(locked: LockedEnvironment) -> str:
    """``sha256:…`` of which packages an environment consists of, the same on every machine and in any order."""
    conda = sorted(map(_record, locked.conda.records))
    pypi = sorted(map(_package, locked.resolution.packages))
    text = json.dumps([conda, pypi], separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _record(record: CondaRecord) -> list[str]:
    return [record.subdir, record.file_name, record.sha256 or record.md5 or ""]


def _package(package: PyPIPackage) -> list[str]:
    """Of a directory only the name: its version and its content do not belong to the lock."""
    artifact = package.artifact
    known = artifact.sha256 or artifact.commit or ""
    return [package.name, package.version if known else "", known]
