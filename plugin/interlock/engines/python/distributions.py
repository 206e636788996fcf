"""What is installed in a site-packages directory: distributions with their metadata and RECORD (PEP 376, PEP 627)."""

from __future__ import annotations

import base64
import csv
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName, canonicalize_name, canonicalize_version

if TYPE_CHECKING:
    from importlib.metadata import Distribution

    from interlock_hooks.types import CondaSolution, LockedEnvironment

_INFO = ".dist-info"
# What setuptools left before there was .dist-info, and distributors of Linux still do; often a single file.
_EGG_INFO = ".egg-info"
_PYTHON = re.compile(r"-py\d(\.\d+)?$")
_COMMANDS = frozenset({"console_scripts", "gui_scripts"})


@dataclass(frozen=True, slots=True)
class SiteDistribution:
    """A distribution in a site-packages directory.

    ``installer`` says who put it there (``uv``, ``pip``, ``conda``) if that is known, ``info`` is its metadata: a
    directory, or the one file of an old distribution.
    """

    name: NormalizedName
    version: str
    installer: str
    info: Path

    @property
    def label(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}"

    @property
    def visible(self) -> bool:
        """Whether Python sees it; what was half removed has no metadata any more."""
        return self.info.is_file() or any((self.info / name).is_file() for name in ("METADATA", "PKG-INFO"))

    @property
    def whole(self) -> bool:
        """Whether its installer finished: both files are the last ones that uv writes."""
        return (self.info / "RECORD").is_file() and (self.info / "INSTALLER").is_file()

    @property
    def files(self) -> dict[str, str | None]:
        """Each path of ``RECORD``, relative to site-packages, with its hash (``sha256=…``) or ``None``."""
        return parse_record(self._text("RECORD"))

    @property
    def recorded_at(self) -> int:
        """When ``RECORD`` was written, in nanoseconds since the epoch; 0 if there is none."""
        try:
            return (self.info / "RECORD").stat().st_mtime_ns
        except OSError:
            return 0

    @property
    def requires(self) -> tuple[str, ...]:
        """Its requirements as in core metadata (PEP 508); none if that cannot be read."""
        try:
            return tuple(_at(self.info).requires or ())
        except (OSError, UnicodeDecodeError):
            return ()

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags of the wheel that it was installed from, possibly compressed (``py2.py3-none-any``)."""
        lines = self._text("WHEEL").splitlines()
        return tuple(line.partition(":")[2].strip() for line in lines if line.startswith("Tag:"))

    @property
    def commands(self) -> dict[str, str]:
        """Its commands, as :func:`parse_commands` gives them."""
        return parse_commands(self._text("entry_points.txt"))

    @property
    def top_level(self) -> tuple[str, ...]:
        """The importable modules that setuptools noted."""
        return tuple(self._text("top_level.txt").split())

    def has_version(self, version: str) -> bool:
        """Whether its version is the given one, however either is written (PEP 440)."""
        return canonicalize_version(self.version) == canonicalize_version(version)

    def locate(self, file: str) -> Path:
        """Where a path of ``RECORD`` is."""
        return Path(os.path.normpath(self.info.parent / file))

    def is_intact(self) -> bool:
        """Whether it is whole and every file that it recorded is there."""
        site = self.info.parent
        return self.whole and all(os.path.lexists(site / path) for path in self.files)

    def forget(self) -> None:
        """Remove the metadata directory, so that the distribution no longer counts as installed."""
        shutil.rmtree(self.info, ignore_errors=True)

    def _text(self, name: str) -> str:
        try:
            return (self.info / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return ""


def parse_record(text: str) -> dict[str, str | None]:
    """The paths in a ``RECORD``, of a wheel or installed, each with its hash (``sha256=…``) or ``None``.

    A damaged one is read up to the damage.
    """
    found: dict[str, str | None] = {}
    with suppress(csv.Error):
        for row in csv.reader(text.splitlines()):
            if len(row) > 1:
                found[row[0]] = row[1] or None
    return found


def parse_commands(text: str) -> dict[str, str]:
    """The commands in an ``entry_points.txt``, each with ``entry-point=module:attribute``.

    That stands for the digest of the script that an installer makes of it, which differs between interpreters.
    """
    found: dict[str, str] = {}
    group = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            group = line.strip("[]").strip()
        elif group in _COMMANDS and "=" in line and line[0] not in "#;":
            name, _, target = line.partition("=")
            found[name.strip()] = f"entry-point={''.join(target.partition('[')[0].split())}"
    return found


def record_digest(digest: bytes, algorithm: str = "sha256") -> str:
    """A hash as ``RECORD`` has it: base64 without padding."""
    return f"{algorithm}={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def algorithm_of(digest: str) -> str:
    """What made a hash that ``RECORD`` has."""
    return digest.partition("=")[0]


def distributions_in(site_packages: Path) -> list[SiteDistribution]:
    """All that is installed in a directory, by name and version; also what was half removed, and copies."""
    return sorted(_found(site_packages), key=lambda each: (each.name, each.version))


def site_distributions(site_packages: Path) -> dict[NormalizedName, SiteDistribution]:
    """The distributions in a site-packages directory by normalised name.

    Where two have one name, that of uv or pip is returned: conda's are looked after by conda's own records.
    """
    found: dict[NormalizedName, SiteDistribution] = {}
    for distribution in distributions_in(site_packages):
        known = found.get(distribution.name)
        if known is None or known.installer not in ("uv", "pip"):
            found[distribution.name] = distribution
    return found


def visible_distributions(sites: Iterable[Path]) -> dict[NormalizedName, SiteDistribution]:
    """What can be imported from directories on the path: of one name in several of them, that of the first."""
    found: dict[NormalizedName, SiteDistribution] = {}
    for site in sites:
        for distribution in distributions_in(site):
            if distribution.visible:
                found.setdefault(distribution.name, distribution)
    return found


def installed_versions(sites: Iterable[Path]) -> dict[NormalizedName, str]:
    """The version of each distribution that can be imported from directories on the path."""
    return {name: found.version for name, found in visible_distributions(sites).items()}


def site_packages_of(conda: CondaSolution, *, free_threaded: bool = False) -> str | None:
    """The site-packages directory of the solved python (CEP 17), relative to the prefix; ``None`` without python.

    ``free_threaded`` tells what a record of that kind of interpreter may leave out.
    """
    python = conda.get("python")
    if python is None:
        return None
    if python.python_site_packages_path:
        return python.python_site_packages_path
    minor = ".".join(python.version.split(".")[:2])
    return f"lib/python{minor}{'t' if free_threaded else ''}/site-packages"


def site_packages_in(locked: LockedEnvironment) -> str | None:
    """The site-packages directory of a locked environment, as :func:`site_packages_of` gives it."""
    return site_packages_of(locked.conda, free_threaded=locked.resolution.python.free_threaded)


def _found(site_packages: Path) -> Iterator[SiteDistribution]:
    with suppress(OSError):
        for info in site_packages.iterdir():
            # pip renames what it removes to a name that starts with `~`.
            known = None if info.name.startswith("~") else _identity(info)
            if known is not None:
                name, version = known
                yield SiteDistribution(canonicalize_name(name), version, _installer(info), info)


def _identity(info: Path) -> tuple[str, str] | None:
    """Name and version, which the specification puts into the name of the directory; older tools did not always."""
    if info.name.endswith(_INFO):
        name, dash, version = info.name.removesuffix(_INFO).rpartition("-")
        return (name, version) if dash else None
    if not info.name.endswith(_EGG_INFO):
        return None
    name, dash, version = _PYTHON.sub("", info.name.removesuffix(_EGG_INFO)).partition("-")
    if dash:
        return name, version
    try:
        found = _at(info).metadata
    except (OSError, UnicodeDecodeError):
        return None
    return (found["Name"], found["Version"]) if found and found["Name"] and found["Version"] else None


def _at(info: Path) -> Distribution:
    # Imported here: it brings the standard library's parsers of mail, which an install can do without.
    from importlib.metadata import Distribution

    return Distribution.at(info)


def _installer(info: Path) -> str:
    try:
        return (info / "INSTALLER").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
