"""Files that two packages both contain: the same path with different content.

Shared directories and namespaces are no clash, nor is the same content twice. Wheels that lie on this machine are
compared before they are installed; of those that uv downloads the content is only known afterwards, so that the caller
has to take them out again and restore what they covered.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import posixpath
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName, canonicalize_name

from interlock.install.findings import files_clash

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.install.sites import SiteDistribution
    from interlock_hooks.types import Finding

# Files that projects put at the top of their wheels by mistake. Nothing breaks when one of them wins.
_STRAY_FOLDERS = frozenset({"test", "tests", "doc", "docs", "example", "examples", "benchmarks"})
_STRAY_SHARED = frozenset({("share", "doc"), ("share", "man"), ("share", "licenses")})
_CODE = frozenset({".py", ".pyi", ".so", ".pyd", ".dylib"})
# The ways to say "this package is shared" (before PEP 420); any of them does for all.
_NAMESPACES = (
    "",
    "__path__ = __import__('pkgutil').extend_path(__path__, __name__)",
    '__path__ = __import__("pkgutil").extend_path(__path__, __name__)',
    "from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)",
    "__import__('pkg_resources').declare_namespace(__name__)",
    '__import__("pkg_resources").declare_namespace(__name__)',
)


def record_digest(sha256: bytes) -> str:
    """A SHA-256 as ``RECORD`` has it: base64 without padding."""
    return f"sha256={base64.urlsafe_b64encode(sha256).rstrip(b'=').decode()}"


_NAMESPACE_DIGESTS = frozenset(
    record_digest(hashlib.sha256((text + end).encode()).digest()) for text in _NAMESPACES for end in ("", "\n")
)


@dataclass(frozen=True, slots=True)
class Claim:
    """The files of one distribution: path relative to the prefix, with the digest that ``RECORD`` has if it has one."""

    name: NormalizedName
    label: str
    files: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Clash:
    """One path, relative to the prefix, that ``taken`` owned and ``newcomer`` wants with other content.

    ``conda`` is the conda package that owns the path, ``None`` if ``taken`` is a PyPI package. ``harmless`` files are
    stray ones whose content hardly matters.
    """

    path: str
    taken: Claim
    newcomer: Claim
    conda: str | None
    harmless: bool


def installed_claim(found: SiteDistribution, site_packages: str) -> Claim:
    """What an installed distribution owns; its own metadata and byte code left out."""
    files = {
        _placed(path, site_packages): digest
        for path, digest in found.files.items()
        if digest is not None and not path.partition("/")[0].endswith(".dist-info")
    }
    return Claim(found.name, f"{found.name} {found.version}", files)


def wheel_claim(wheel: Path, site_packages: str) -> Claim:
    """What a wheel file will own once it is installed, except scripts that the installer makes (PEP 427)."""
    name, version = wheel.name.split("-")[:2]
    files = {}
    with zipfile.ZipFile(wheel) as archive:
        record = next((each for each in archive.namelist() if each.endswith(".dist-info/RECORD")), None)
        rows = csv.reader(archive.read(record).decode().splitlines()) if record else iter(())
        for path, digest, *_ in rows:
            place = _destination(PurePosixPath(path), site_packages)
            if place is not None and digest:
                files[place] = digest
    return Claim(canonicalize_name(name), f"{name} {version}", files)


def find_clashes(
    prefix: Path,
    newcomers: Iterable[Claim],
    others: Iterable[Claim],
    conda_files: Mapping[str, tuple[str, ...]],
    *,
    site_packages: str,
) -> list[Clash]:
    """Clashes of newcomers with conda packages, with ``others``, and among themselves.

    ``conda_files`` are the paths of each conda package, relative to the prefix.
    """
    conda_owner = {path: record for record, paths in conda_files.items() for path in paths}
    hashes = _CondaHashes(prefix)
    owners = {path: other for other in others for path in other.files}
    clashes = []
    for newcomer in newcomers:
        for path, digest in newcomer.files.items():
            record = conda_owner.get(path)
            if record is not None and not _agree(path, digest, hashes.get(record, path)):
                owner = Claim(canonicalize_name(record), f"the conda package {record}", {})
                clashes.append(Clash(path, owner, newcomer, record, harmless=False))
            taken = owners.get(path)
            if taken is not None and not _agree(path, digest, taken.files[path]):
                clashes.append(Clash(path, taken, newcomer, None, harmless=_is_stray(path, site_packages)))
            owners[path] = newcomer
    return clashes


def clash_findings(clashes: Iterable[Clash]) -> list[Finding]:
    """One finding for each pair of packages that clash: IL612, or IL613 where that does no harm."""
    pairs: dict[tuple[str, str, bool], list[Clash]] = {}
    for clash in clashes:
        pairs.setdefault((clash.taken.label, clash.newcomer.label, clash.harmless), []).append(clash)
    return [
        files_clash(
            taken, newcomer, [clash.path for clash in found], from_conda=found[0].conda is not None, harmless=harmless
        )
        for (taken, newcomer, harmless), found in pairs.items()
    ]


class _CondaHashes:
    """The content that conda linked, by package and path; read only for packages that something clashes with."""

    def __init__(self, prefix: Path) -> None:
        self._meta = prefix / "conda-meta"
        self._known: dict[str, dict[str, str]] = {}

    def get(self, record: str, path: str) -> str | None:
        if record not in self._known:
            self._known[record] = self._read(record)
        return self._known[record].get(path)

    def _read(self, record: str) -> dict[str, str]:
        for meta in self._meta.glob(f"{record}-*.json"):
            data = json.loads(meta.read_bytes())
            if data.get("name") == record:
                paths = data.get("paths_data", {}).get("paths", [])
                digests = ((each["_path"], each.get("sha256_in_prefix") or each.get("sha256")) for each in paths)
                return {path: record_digest(bytes.fromhex(digest)) for path, digest in digests if digest}
        return {}


def _placed(path: str, site_packages: str) -> str:
    # There are tens of thousands of these, and few of them lead out of site-packages.
    return posixpath.normpath(f"{site_packages}/{path}") if path.startswith("..") else f"{site_packages}/{path}"


def _destination(path: PurePosixPath, site_packages: str) -> str | None:
    """Where a file of a wheel goes, relative to the prefix; ``None`` for metadata, and scripts, which are rewritten."""
    first = path.parts[0]
    if first.endswith(".dist-info"):
        return None
    if not first.endswith(".data"):
        return f"{site_packages}/{path}"
    if len(path.parts) < 3:
        return None
    folders = {"purelib": site_packages, "platlib": site_packages, "data": ""}
    folder = folders.get(path.parts[1])
    return None if folder is None else posixpath.join(folder, *path.parts[2:])


def _agree(path: str, one: str | None, other: str | None) -> bool:
    if one is not None and one == other:
        return True
    return path.endswith("/__init__.py") and one in _NAMESPACE_DIGESTS and other in _NAMESPACE_DIGESTS


def _is_stray(path: str, site_packages: str) -> bool:
    inside = PurePosixPath(path.removeprefix(f"{site_packages}/"))
    if inside.parts[0] in _STRAY_FOLDERS or inside.parts[:2] in _STRAY_SHARED:
        return True
    return len(inside.parts) == 1 and inside.suffix not in _CODE
