"""Match specs and versions compared as conda compares them, without solving anything."""

from __future__ import annotations

from functools import lru_cache

from rattler import MatchSpec, PackageRecord, Version
from rattler.exceptions import InvalidMatchSpecError, InvalidPackageNameError, InvalidVersionError
from rattler.package import BuildString


@lru_cache(maxsize=4096)
def version_range(spec: str) -> str | None:
    """The version part of a match spec with its operators spelled out (``1.26`` becomes ``==1.26``).

    Empty for any version; ``None`` when the spec cannot be read.
    """
    try:
        return MatchSpec(spec).version or ""
    except (InvalidMatchSpecError, InvalidPackageNameError):
        return None


def spec_admits(spec: str, *, name: str, version: str, build: str, build_number: int = 0) -> bool | None:
    """Whether a match spec admits a package, its channel aside; ``None`` when one of them cannot be read."""
    try:
        package = PackageRecord(name, version, BuildString.new_unchecked(build), build_number, "noarch")
        return MatchSpec(spec).matches(package)
    except (InvalidMatchSpecError, InvalidPackageNameError, InvalidVersionError):
        return None


def canonical_spec(spec: str) -> str:
    """A match spec in the form that every reader takes, from any of the forms that conda takes.

    Raises :class:`ValueError` with the reason when it cannot be read.
    """
    try:
        return str(MatchSpec(spec))
    except (InvalidMatchSpecError, InvalidPackageNameError) as error:
        raise ValueError(str(error)) from None


def version_key(version: str) -> Version:
    """What compares as the conda version does. Raises :class:`ValueError` when it cannot be read."""
    try:
        return Version(version)
    except InvalidVersionError as error:
        raise ValueError(str(error)) from None


def is_newer(version: str, than: str) -> bool | None:
    """Whether a conda version is the higher one (CEP 33 orders them); ``None`` when one cannot be read."""
    try:
        return Version(version) > Version(than)
    except InvalidVersionError:
        return None


def spec_fields(spec: str) -> dict[str, str]:
    """The name, and version, build and subdir where it has them, of a match spec; its channel is left out.

    A version is spelled out: ``=3.12`` is ``3.12.*``. Raises :class:`ValueError` with the reason when it cannot be read
    or says more than that.
    """
    try:
        found = MatchSpec(spec)
    except (InvalidMatchSpecError, InvalidPackageNameError) as error:
        raise ValueError(str(error).partition("\n")[0]) from None
    name, *rest = str(found).rpartition("::")[2].split(" ")
    fields = {"name": name, "version": found.version, "build": found.build, "subdir": found.subdir}
    said = {key: str(value) for key, value in fields.items() if value is not None}
    if "[" in name or rest != [said[key] for key in ("version", "build") if key in said]:
        raise ValueError("it says more than a channel, a name, a version and a build")
    return said
