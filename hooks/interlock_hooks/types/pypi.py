"""The PyPI half: metadata, artifacts, what conda provides, and the resolution."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    NormalizedName,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

from interlock_hooks.types.findings import Finding
from interlock_hooks.types.names import NameRule
from interlock_hooks.types.requirements import Index, IndexRoute, PyPIOptions, Requirement, ScopedOverride

ArtifactKind = Literal["wheel", "sdist", "git", "directory"]
# Requirements (PEP 508) by the extra for which they are there; ``""`` stands for no extra.
RequiresByExtra = tuple[tuple[str, tuple[str, ...]], ...]
MetadataOrigin = Literal["manifest", "wheel", "static", "prebuilt", "backend", "build", "pkg-info", "assumed", "conda"]

# Stands for the version of a source that only its build backend knows, until that is asked. It is a version that no
# release has, since resolvers cannot do without one.
UNKNOWN_VERSION = "0+assumed"
# The forms in which sdists are packed; packaging knows the names of the current ones only.
_ARCHIVES = (".tar.gz", ".tgz", ".zip", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tar.zst", ".tar")


def promised_version(name: NormalizedName, filename: str | None) -> str | None:
    """The version that the name of a wheel or sdist promises; ``None`` for other names and packages.

    Repositories serve archives such as ``main.zip`` and ``v1.2.tar.gz``: they promise nothing.
    """
    try:
        if filename is not None and filename.endswith(".whl"):
            found, version = parse_wheel_filename(filename)[:2]
        else:
            stem = next(filename.removesuffix(end) for end in _ARCHIVES if filename and filename.endswith(end))
            found, version = parse_sdist_filename(f"{stem}.tar.gz")
    except (InvalidSdistFilename, InvalidWheelFilename, StopIteration):
        return None
    return str(version) if found == name else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Core metadata of a distribution as far as resolving needs it (PEP 643).

    ``version`` of ``None`` means: for every version. ``origin`` says how it is known: the manifest declares it; a wheel
    of the same version has it (``wheel``); the source proves it (``static``); a wheel that others have built of it, and
    that fits, has it (``prebuilt``); the build backend said it; a wheel that
    was built has it (``build``); the sdist's own ``PKG-INFO`` has it, without a promise (``pkg-info``); a conda package
    that supplies the distribution has it; or nobody knows it yet (``assumed``). ``place`` is where a source proves it:
    ``setup.py:12``. ``refuted`` are origins that were believed before a build showed that they are wrong.

    For messages only: ``imports`` are the distributions that the backend used when it said so, ``sought`` are names of
    distributions and modules that it looked for and did not find, and ``other_extras`` those that the sdist's own
    metadata has, and the backend's answer has not.
    """

    name: NormalizedName
    version: str | None = None
    requires_dist: tuple[str, ...] = ()
    requires_python: str | None = None
    provides_extra: tuple[str, ...] = ()
    origin: MetadataOrigin = "manifest"
    place: str = ""
    refuted: tuple[str, ...] = ()
    imports: tuple[NormalizedName, ...] = field(default=(), compare=False)
    sought: tuple[NormalizedName, ...] = field(default=(), compare=False)
    other_extras: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_learned(self) -> bool:
        """Whether it was found out while locking or building, because no file states it for certain."""
        return self.origin in ("static", "prebuilt", "backend", "build", "pkg-info")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvidedDistribution:
    """A Python distribution that a conda record supplies; resolved against, never replaced, never removed.

    ``record`` is the conda package's name; ``rule`` and ``source`` say how it was found, see
    :class:`~interlock_hooks.types.NameOrigin`. In a resolution, ``extras`` were asked of it, and ``requires`` is what
    these require (PEP 508): packages that conda does not know it needs. ``requires_by_extra`` says which of them each
    extra requires; it is known while locking only.
    """

    name: NormalizedName
    version: str
    record: str
    rule: NameRule | None = None
    source: str = ""
    extras: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    requires_by_extra: RequiresByExtra = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedDistribution:
    """A distribution that conda could supply in any of several versions, while it is not decided in which.

    Only asked about by the joint solve, to learn what the PyPI packages would need of conda. With ``or_index`` an index
    may supply it as well: conda need not have the package at all.
    """

    name: NormalizedName
    versions: tuple[str, ...]
    or_index: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonTarget:
    """The interpreter and platform that packages are resolved for, which need not be this machine's.

    ``version`` is complete (``3.12.7``); ``platform`` a conda subdir; ``glibc`` and ``macos`` as ``2.28`` and
    ``13.0`` when they are known. ``free_threaded`` says that the interpreter has no global lock (PEP 703), for which
    extension modules have an ABI of their own.
    """

    version: str
    platform: str
    implementation: str = "cpython"
    glibc: str | None = None
    macos: str | None = None
    free_threaded: bool = False

    @property
    def minor(self) -> str:
        """Major and minor version: ``3.12``."""
        return ".".join(self.version.split(".")[:2])

    @property
    def label(self) -> str:
        """The version for messages: ``3.12.7``, or ``3.13.1 (free-threaded)``."""
        return f"{self.version} (free-threaded)" if self.free_threaded else self.version

    def __str__(self) -> str:
        return f"Python {self.label}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """The one file, checkout or directory that a package is installed or built from.

    ``url`` is what a fetcher needs (``https:``, ``file:``, for git the repository); ``sha256`` is hexadecimal and
    present for every file from an index; ``commit`` is the full hash of a git artifact; ``size`` is in bytes.
    """

    kind: ArtifactKind
    url: str
    filename: str | None = None
    sha256: str | None = None
    size: int | None = None
    commit: str | None = None
    subdirectory: str | None = None
    editable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PyPIPackage:
    """A resolved PyPI package.

    ``requires`` are the requirements of this package that are active in this resolution (markers and extras
    already evaluated), as PEP 508 text; ``extras`` are the extras that were asked of it; ``index`` is the URL of
    the index that served it, if one did. ``version`` is :data:`UNKNOWN_VERSION` while only the build backend knows it.
    ``requires_by_extra`` says which requirements are there for which of the extras (``""``: for none); it is known
    while locking only, and empty where no extras were asked for.
    """

    name: NormalizedName
    version: str
    artifact: Artifact
    requires: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    index: str | None = None
    requires_by_extra: RequiresByExtra = field(default=(), compare=False)

    @property
    def needs_build(self) -> bool:
        """Whether a wheel has to be made of the artifact before it can be installed."""
        return self.artifact.kind != "wheel"

    @property
    def is_source_tree(self) -> bool:
        """Whether only its backend tells the version, each time anew: a directory, a repository, or an archive of one.

        The version can depend on the day, the last commit or what is installed. The resolution holds what it was then.
        """
        artifact = self.artifact
        if artifact.kind in ("wheel", "sdist"):
            filename = artifact.filename or urlsplit(artifact.url).path.rpartition("/")[2]
            return artifact.kind == "sdist" and promised_version(self.name, filename) is None
        return True

    @property
    def known_version(self) -> str | None:
        """The version, ``None`` while only the build backend knows it."""
        return None if self.version == UNKNOWN_VERSION else self.version

    def __str__(self) -> str:
        return self.name if self.known_version is None else f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOver:
    """A version that the resolver left out in favour of another one, and why.

    With ``older`` all older versions were left out as well. ``why`` is a clause such as "it needs numpy<2, and numpy is
    2.1.3"; ``needs`` is the requirement in it (PEP 508), if it is one that stood in the way.
    """

    name: NormalizedName
    version: str
    why: str
    needs: str | None = None
    older: bool = False

    @property
    def constraint(self) -> str:
        """The PEP 508 constraint that leaves it out."""
        # What is older than a local version is older than all of that version (PEP 440 has no other order of these).
        return f"{self.name}>{self.version.partition('+')[0]}" if self.older else f"{self.name}!={self.version}"

    def __str__(self) -> str:
        return f"{self.name} {self.version}{' and older' if self.older else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PyPIRequest:
    """Everything the PyPI resolver needs for one environment on one platform.

    ``provided`` distributions are fixed; of an ``offered`` one the resolver chooses the version, and then it is among
    the ``provided`` of the resolution. ``metadata`` replaces what the artifacts say. ``preferred`` maps names to
    the versions of an existing lock. ``routes`` send packages to an index, such as the torch family to the one of its
    backend; no package is in two of them. ``excluded`` versions must not be chosen.
    """

    environment: str
    python: PythonTarget
    root: str
    requirements: tuple[Requirement, ...]
    constraints: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    scoped_overrides: tuple[ScopedOverride, ...] = ()
    provided: tuple[ProvidedDistribution, ...] = ()
    offered: tuple[OfferedDistribution, ...] = ()
    options: PyPIOptions = PyPIOptions()
    metadata: tuple[Metadata, ...] = ()
    preferred: tuple[tuple[NormalizedName, str], ...] = ()
    routes: tuple[IndexRoute, ...] = ()
    excluded: tuple[PassedOver, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PyPIAdditions:
    """What a plugin adds to the PyPI request; constraints and overrides are PEP 508 text.

    ``routes`` send packages to an index of their own. Where several plugins send the same package somewhere, the one
    that is asked first decides; a repair decides anew.
    """

    requirements: tuple[Requirement, ...] = ()
    constraints: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    indexes: tuple[Index, ...] = ()
    routes: tuple[IndexRoute, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """PyPI packages that fit together and fit what conda provides.

    ``provided`` holds all distributions that the conda solution supplies, used or not. ``metadata`` holds what
    was found out of packages without static metadata; resolving again with it gives the same result.
    ``passed_over`` are versions that were considered and left out: newer ones that do not fit, and those whose metadata
    could not be had. ``warnings`` are about this very resolution, and are told if it is used. ``wanted`` are all names
    that the resolver came across, those of versions included that it gave up again; ``None`` if it does not tell.
    """

    python: PythonTarget
    packages: tuple[PyPIPackage, ...] = ()
    provided: tuple[ProvidedDistribution, ...] = ()
    metadata: tuple[Metadata, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()
    warnings: tuple[Finding, ...] = field(default=(), compare=False)
    wanted: frozenset[NormalizedName] | None = field(default=None, compare=False)

    def get(self, name: str) -> PyPIPackage | None:
        """The package of that name (any spelling), or ``None``."""
        wanted = canonicalize_name(name)
        return next((package for package in self.packages if package.name == wanted), None)

    def metadata_of(self, package: PyPIPackage) -> Metadata | None:
        """What was found out of a package, or is declared of it; ``None`` if its own files state its metadata."""
        entries = (entry for entry in self.metadata if entry.name == package.name)
        return next((entry for entry in entries if entry.version in (None, package.version)), None)

    def get_provided(self, name: str) -> ProvidedDistribution | None:
        """The conda-provided distribution of that name (any spelling), or ``None``."""
        wanted = canonicalize_name(name)
        return next((entry for entry in self.provided if entry.name == wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """Another way to resolve, for a resolution that does not fit; ``finding`` says so to the user if it is taken."""

    additions: PyPIAdditions
    finding: Finding
