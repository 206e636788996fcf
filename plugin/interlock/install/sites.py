"""The site-packages directory of a prefix: what is installed there, and by whom."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName, canonicalize_name

if TYPE_CHECKING:
    from pathlib import Path

    from interlock_hooks.types import CondaSolution

_INFO = ".dist-info"


@dataclass(frozen=True, slots=True)
class SiteDistribution:
    """A distribution in a site-packages directory; ``info`` is its metadata directory (PEP 376, PEP 627)."""

    name: NormalizedName
    version: str
    installer: str
    info: Path

    @property
    def whole(self) -> bool:
        """Whether its installer finished: both files are the last ones that uv writes."""
        return (self.info / "RECORD").is_file() and (self.info / "INSTALLER").is_file()

    @property
    def files(self) -> dict[str, str | None]:
        """Each path of ``RECORD``, relative to site-packages, with its hash (``sha256=…``) or ``None``."""
        try:
            text = (self.info / "RECORD").read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return {}
        rows = csv.reader(text.splitlines())
        return {row[0]: row[1] or None for row in rows if len(row) > 1}

    @property
    def recorded_at(self) -> int:
        """When ``RECORD`` was written, in nanoseconds since the epoch; 0 if there is none."""
        try:
            return (self.info / "RECORD").stat().st_mtime_ns
        except OSError:
            return 0

    def is_intact(self) -> bool:
        """Whether it is whole and every file that it recorded is there."""
        site = self.info.parent
        return self.whole and all(os.path.lexists(site / path) for path in self.files)

    def forget(self) -> None:
        """Remove the metadata directory, so that the distribution no longer counts as installed."""
        shutil.rmtree(self.info, ignore_errors=True)


def site_packages_of(conda: CondaSolution) -> str | None:
    """The site-packages directory of the solved python (CEP 17), relative to the prefix; ``None`` without python."""
    python = conda.get("python")
    if python is None:
        return None
    if python.python_site_packages_path:
        return python.python_site_packages_path
    return f"lib/python{'.'.join(python.version.split('.')[:2])}/site-packages"


def site_distributions(site_packages: Path) -> dict[NormalizedName, SiteDistribution]:
    """The distributions in a site-packages directory by normalised name.

    Where two have one name, that of uv or pip is returned: conda's are looked after by conda's own records.
    """
    found: dict[NormalizedName, SiteDistribution] = {}
    for distribution in _found(site_packages):
        known = found.get(distribution.name)
        if known is None or known.installer not in ("uv", "pip"):
            found[distribution.name] = distribution
    return found


def _found(site_packages: Path) -> Iterator[SiteDistribution]:
    with suppress(OSError):
        for folder in sorted(site_packages.iterdir()):
            name, dash, version = folder.name.removesuffix(_INFO).rpartition("-")
            # pip renames what it removes to a name that starts with `~`.
            if not dash or not folder.name.endswith(_INFO) or name.startswith("~"):
                continue
            yield SiteDistribution(canonicalize_name(name), version, _installer(folder), folder)


def _installer(folder: Path) -> str:
    try:
        return (folder / "INSTALLER").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
