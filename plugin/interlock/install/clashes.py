"""Files that two packages both want: the same path with different content.

Shared directories and namespaces are no clash, nor is the same content twice.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from interlock_hooks.types import Finding, Severity

if TYPE_CHECKING:
    from interlock.install.sites import SiteDistribution

# Files that projects put at the top of their wheels by mistake. Nothing breaks when one of them wins.
_STRAY_FOLDERS = frozenset({"test", "tests", "doc", "docs", "example", "examples", "benchmarks"})
_CODE = frozenset({".py", ".pyi", ".so", ".pyd", ".dylib"})


@dataclass(frozen=True, slots=True)
class Clash:
    """One path, relative to the prefix, that ``taken`` owned before ``newcomer`` was installed over it.

    ``conda`` is the conda package that owned the path, ``None`` if ``taken`` is a PyPI package. ``harmless`` files are
    stray ones whose content hardly matters.
    """

    path: str
    taken: str
    newcomer: str
    conda: str | None
    harmless: bool


def find_clashes(
    prefix: Path,
    site_packages: str,
    newcomers: Iterable[SiteDistribution],
    others: Iterable[SiteDistribution],
    conda_files: Mapping[str, tuple[str, ...]],
) -> list[Clash]:
    """Clashes of just installed distributions with conda packages, with ``others``, and among themselves.

    ``conda_files`` are the paths of each conda package, relative to the prefix.
    """
    conda_owner = {path: record for record, paths in conda_files.items() for path in paths}
    owners: dict[str, tuple[str, str | None]] = {}
    for other in others:
        for path, digest in _paths(other, site_packages).items():
            owners[path] = (f"{other.name} {other.version}", digest)
    clashes = []
    for newcomer in newcomers:
        label = f"{newcomer.name} {newcomer.version}"
        for path, digest in _paths(newcomer, site_packages).items():
            record = conda_owner.get(path)
            if record is not None and not _same_as_conda(prefix, record, path):
                clashes.append(Clash(path, record, label, record, harmless=False))
            taken = owners.get(path)
            if taken is not None and taken[1] != digest:
                clashes.append(Clash(path, taken[0], label, None, harmless=_is_stray(path, site_packages)))
            owners[path] = (label, digest)
    return clashes


def clash_findings(clashes: Iterable[Clash]) -> list[Finding]:
    """One finding for each pair of packages that clash."""
    pairs: dict[tuple[str, str, bool], list[Clash]] = {}
    for clash in clashes:
        pairs.setdefault((clash.taken, clash.newcomer, clash.harmless), []).append(clash)
    return [_finding(*pair, found) for pair, found in pairs.items()]


def _finding(taken: str, newcomer: str, harmless: bool, clashes: list[Clash]) -> Finding:
    shown = [clash.path for clash in clashes[:5]]
    rest = [f"and {len(clashes) - len(shown)} more"] if len(clashes) > len(shown) else []
    from_conda = clashes[0].conda is not None
    owner = f"the conda package {taken}" if from_conda else taken
    return Finding(
        code="IL613" if harmless else "IL612",
        what=f"{newcomer} and {owner} both bring {len(clashes)} file(s) with different content",
        why="only one of them can be there" + ("; conda's files are never overwritten" if from_conda else ""),
        fix="" if harmless else "keep one of the two packages, or have both from the same ecosystem",
        severity=Severity.WARNING if harmless else Severity.ERROR,
        details=(*shown, *rest),
    )


def _paths(distribution: SiteDistribution, site_packages: str) -> dict[str, str | None]:
    """The files of a distribution relative to the prefix; its own metadata and byte code left out."""
    return {
        posixpath.normpath(posixpath.join(site_packages, path)): digest
        for path, digest in distribution.files.items()
        if digest is not None and not PurePosixPath(path).parts[0].endswith(".dist-info")
    }


def _same_as_conda(prefix: Path, record: str, path: str) -> bool:
    """Whether a file still has the content that conda linked; read only for paths that two packages claim."""
    for meta in (prefix / "conda-meta").glob(f"{record}-*.json"):
        data = json.loads(meta.read_bytes())
        for entry in data.get("paths_data", {}).get("paths", []):
            if data.get("name") == record and entry.get("_path") == path:
                recorded = entry.get("sha256_in_prefix") or entry.get("sha256")
                file = prefix / path
                return file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == recorded
    return False


def _is_stray(path: str, site_packages: str) -> bool:
    inside = PurePosixPath(posixpath.relpath(path, site_packages))
    if inside.parts[0] in _STRAY_FOLDERS:
        return True
    return len(inside.parts) == 1 and inside.suffix not in _CODE
