"""Watches over the files of a prefix: what is installed must not cover what belongs to others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.urls import local_path
from interlock.engines.rattler.prefix_records import record_files
from interlock.install.clashes import Claim, Clash, clash_findings, find_clashes, installed_claim, wheel_claim
from interlock_hooks.types import InterlockError, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from packaging.utils import NormalizedName

    from interlock.install.sites import SiteDistribution
    from interlock_hooks.types import PyPIPackage

Installed = dict["NormalizedName", "SiteDistribution"]


class Guard:
    """Finds clashes in one prefix; reads what conda owns there only once. ``site_packages`` is relative to it."""

    def __init__(self, prefix: Path, site_packages: str) -> None:
        self._prefix = prefix
        self._site = site_packages
        self._conda: Mapping[str, tuple[str, ...]] | None = None

    def forget_conda(self) -> None:
        """Read again what conda owns, after something was linked."""
        self._conda = None

    def check_local(
        self, packages: Sequence[PyPIPackage], wheels: Mapping[NormalizedName, Path], others: Sequence[SiteDistribution]
    ) -> None:
        """Look into the wheels that lie on this machine, before they are installed beside ``others``.

        ``wheels`` are those that were built. Raises :class:`InterlockError` (IL612) when files clash.
        """
        paths = [path for package in packages if (path := _local_wheel(package, wheels)) is not None]
        if paths:
            raise_errors(self._find([wheel_claim(path, self._site) for path in paths], others))

    def check_installed(self, newcomers: Sequence[SiteDistribution], others: Sequence[SiteDistribution]) -> list[Clash]:
        """The clashes of distributions that were just installed with conda packages, ``others`` and each other."""
        return self._find([installed_claim(each, self._site) for each in newcomers], others)

    def _find(self, newcomers: Sequence[Claim], others: Sequence[SiteDistribution]) -> list[Clash]:
        if self._conda is None:
            self._conda = record_files(self._prefix)
        claims = [installed_claim(each, self._site) for each in others]
        return find_clashes(self._prefix, newcomers, claims, self._conda, site_packages=self._site)


def replaced(before: Installed, after: Installed, names: Collection[str]) -> list[NormalizedName]:
    """Distributions that an install of ``names`` removed or replaced though it should not have touched them."""
    return [name for name, each in before.items() if name not in names and after.get(name) != each]


def raise_errors(clashes: Sequence[Clash]) -> None:
    """Raise :class:`InterlockError` (IL612) if any of the clashes is serious."""
    errors = [finding for finding in clash_findings(clashes) if finding.severity is Severity.ERROR]
    if errors:
        raise InterlockError(*errors)


def _local_wheel(package: PyPIPackage, wheels: Mapping[NormalizedName, Path]) -> Path | None:
    if package.name in wheels:
        return wheels[package.name]
    is_local = package.artifact.kind == "wheel" and package.artifact.url.startswith("file:")
    path = local_path(package.artifact.url) if is_local else None
    return path if path is not None and path.is_file() else None
