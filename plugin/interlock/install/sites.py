"""The site-packages directory of a prefix: what is installed there, and by whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName, canonicalize_name

if TYPE_CHECKING:
    from pathlib import Path

    from interlock_hooks.types import CondaSolution


@dataclass(frozen=True, slots=True)
class SiteDistribution:
    """A distribution in a site-packages directory.

    ``files`` maps each path of its ``RECORD``, relative to site-packages and with ``/``, to the hash there
    (``sha256=…``, ``None`` if it has none). ``whole`` is false when the ``RECORD`` is missing, as an interrupted
    install leaves it.
    """

    name: NormalizedName
    version: str
    installer: str
    whole: bool
    source: Distribution

    @property
    def files(self) -> dict[str, str | None]:
        """The paths of the distribution with their hashes."""
        return {
            file.as_posix(): None if file.hash is None else f"{file.hash.mode}={file.hash.value}"
            for file in self.source.files or ()
        }


def site_packages_of(conda: CondaSolution) -> str | None:
    """The site-packages directory of the solved python, relative to the prefix; ``None`` without python."""
    python = conda.get("python")
    if python is None:
        return None
    if python.python_site_packages_path:
        return python.python_site_packages_path
    return f"lib/python{'.'.join(python.version.split('.')[:2])}/site-packages"


def site_distributions(site_packages: Path) -> dict[NormalizedName, SiteDistribution]:
    """The distributions in a site-packages directory by normalised name."""
    return {found.name: found for found in _found(site_packages)}


def _found(site_packages: Path) -> Iterator[SiteDistribution]:
    for distribution in distributions(path=[str(site_packages)]):
        # Half-removed distributions have no metadata, and then no name.
        name = distribution.metadata["Name"]
        if not name:
            continue
        yield SiteDistribution(
            name=canonicalize_name(name),
            version=distribution.version,
            installer=(distribution.read_text("INSTALLER") or "").strip(),
            whole=distribution.read_text("RECORD") is not None,
            source=distribution,
        )
