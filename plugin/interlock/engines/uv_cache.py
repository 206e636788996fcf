"""All that uv's cache lacks of an install: while the network is switched off, uv itself ends at the first thing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.engines.uv import install_into_nowhere, uv
from interlock.engines.uv_missing import missing_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from interlock_hooks.types import PyPIPackage

# The form of this line is not an API: a test holds it against the range of uv versions that Interlock depends on.
_UNCACHED = re.compile(r"DEBUG Identified uncached distribution: (?P<name>[A-Za-z0-9._-]+?)(?:==| @ )")
_LOG_FILTER = "uv_installer=debug"


def not_in_cache(packages: Sequence[PyPIPackage], *, python: str, root: Path) -> list[PyPIPackage]:
    """The packages whose wheels uv would have to download to install them for an interpreter of version ``python``.

    uv plans the install and ends; no server is asked. The interpreter need not be there yet.
    """
    remote = [package for package in packages if not package.artifact.url.startswith("file:")]
    if not remote:
        return []
    planned = _install(remote, python, root, "--dry-run")
    names = {canonicalize_name(line["name"]) for line in filter(None, map(_UNCACHED.match, planned.splitlines()))}
    suspects = [package for package in remote if package.name in names]
    # Of a file without a hash the plan does not know whether it is there.
    return [each for each in suspects if each.artifact.sha256 or missing_in(_install([each], python, root))]


def _install(packages: Sequence[PyPIPackage], python: str, root: Path, *options: str) -> str:
    """What uv says of an install from its cache alone."""
    with install_into_nowhere(packages, python=python) as nowhere:
        command = [*nowhere.command, "--offline", *options]
        return uv(command, cwd=root, settings=nowhere.settings, variables={"RUST_LOG": _LOG_FILTER}).stderr
