"""How sdists become wheels that fit the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Literal

from packaging.utils import NormalizedName

from interlock_hooks.types.findings import Location
from interlock_hooks.types.pypi import Artifact, Metadata, PyPIPackage
from interlock_hooks.types.requirements import NameSelection

Variables = tuple[tuple[str, str], ...]
Discovery = Literal["auto", "suggest", "off"]
# What is believed of the metadata of an sdist before its backend is asked: what the source proves; nothing; or, where
# the backend cannot run, also its PKG-INFO, although that does not promise to be right.
Belief = Literal["static-first", "backend", "assume"]
# Whose sdists may run their code: everybody's, or only those of packages that the manifest names.
Allow = Literal["all", "listed"]


class BuildMode(str, Enum):
    """What a build can see: only its build requirements, those plus matched ones, or the environment itself."""

    ISOLATED = "isolated"
    MATCHED = "matched"
    NO_ISOLATION = "no-isolation"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRequirement:
    """A requirement of a build, beyond what the sdist itself declares.

    ``match_runtime`` asks for exactly the artifact of the resolution, with its runtime closure. ``index`` names the
    only index that may serve it. ``origin`` says who asked: ``manifest``, ``backend`` (what its source declares),
    ``get-requires`` (what it asks for when it is called), ``discovery``, ``imports``, ``interlock`` or a plugin's name.
    ``seen`` is the line of the source that imports it, if that is how it is known. ``where`` is for messages alone: the
    lock does not keep it.
    """

    requirement: str
    match_runtime: bool = False
    index: str | None = None
    origin: str = "manifest"
    seen: str | None = None
    where: Location | None = field(default=None, compare=False)

    @property
    def is_discovered(self) -> bool:
        """Whether nobody declares it, and a build or its source showed that it is required."""
        return self.origin in ("discovery", "imports")

    @property
    def is_learned(self) -> bool:
        """Whether a failed build or an asked backend has shown it: plans keep it until it is declared."""
        return self.origin in ("discovery", "get-requires")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTree:
    """What can be seen in the source of a package that is built, without running any of it.

    ``files`` are all its files, relative to the project's directory, with ``/``; ``scripts`` the text of those that
    decide about the build (``setup.py``, ``pyproject.toml``, ``CMakeLists.txt`` ...), by path. ``uses`` is what its
    build surely imports (``torch.utils``) and calls (``torch.version()``) of other projects, with the line that says
    so.
    """

    name: NormalizedName
    version: str
    files: tuple[str, ...] = ()
    scripts: Mapping[str, str] = field(default_factory=dict)
    uses: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrebuiltSource:
    """Where others offer wheels of a package that they have built.

    ``url`` leads to a directory, a page of links or a release, or is one that fsspec knows; with ``index`` it is the
    root of an index (PEP 503). In it, ``{version}``, ``{torch}`` and ``{cuda}`` stand for what is resolved. ``trust``
    is that of a :class:`StoreLocation`.
    """

    url: str
    index: bool = False
    trust: tuple[str, ...] = ()
    where: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageBuildOptions:
    """What the manifest says about building one package; wheels of the ``prebuilt`` sources are used where one fits."""

    name: NormalizedName
    mode: BuildMode | None = None
    requirements: tuple[BuildRequirement, ...] = ()
    variables: Variables = ()
    config_settings: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    belief: Belief | None = None
    prebuilt: tuple[PrebuiltSource, ...] = ()
    where: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreLocation:
    """A wheel store that is shared with others: a directory, or a URL that fsspec knows.

    Wheels that were built here are only put there with ``write``. If there are public keys in ``trust``, only wheels
    count of which one of these keys has signed how they were built; each is the base64 of a SubjectPublicKeyInfo.
    """

    url: str
    write: bool = False
    trust: tuple[str, ...] = ()
    where: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """What the manifest says about building.

    ``jobs`` is a number of parallel jobs or ``None`` for automatic; ``memory_per_job`` in bytes; ``timeout`` in seconds
    for one build, ``None`` for no limit. ``config_settings`` hold for every package. ``metadata`` is what the manifest
    declares instead of running a backend; ``belief`` is for packages that have none of their own. ``store`` are shared
    wheel stores, asked in this order after the user's own. ``writable`` are places outside of their own directories
    that builds may write to. With ``confine`` ``required`` nothing is built where that cannot be enforced. ``disk`` and
    ``memory`` limit what one build may use, in bytes. With ``only_prebuilt`` packages with sources of prebuilt wheels
    are not built. ``allow`` says whose code may run, see :meth:`allows`.
    """

    allow: Allow = "all"
    discovery: Discovery = "auto"
    jobs: int | None = None
    memory_per_job: int | None = None
    network: Literal["allow", "deny"] = "allow"
    timeout: int | None = None
    no_isolation: NameSelection = NameSelection()
    packages: tuple[PackageBuildOptions, ...] = ()
    config_settings: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    constraints: tuple[str, ...] = ()
    metadata: tuple[Metadata, ...] = ()
    belief: Belief = "static-first"
    store: tuple[StoreLocation, ...] = ()
    writable: tuple[str, ...] = ()
    confine: Literal["if-possible", "required"] = "if-possible"
    disk: int | None = None
    memory: int | None = None
    only_prebuilt: bool = False

    def package(self, name: NormalizedName) -> PackageBuildOptions:
        """The options of one package, empty ones if the manifest does not mention it."""
        found = next((options for options in self.packages if options.name == name), None)
        return found or PackageBuildOptions(name=name)

    def allows(self, name: NormalizedName) -> bool:
        """Whether the code of a package may run to build it, or to learn its metadata.

        With ``allow = "listed"``, the manifest has to say how the package is built; without any option, an empty table
        says so.
        """
        named = name in self.no_isolation.names or any(options.name == name for options in self.packages)
        return self.allow == "all" or named

    def belief_of(self, name: NormalizedName) -> Belief:
        """What is believed of the metadata of one package."""
        return self.package(name).belief or self.belief


@dataclass(frozen=True, slots=True, kw_only=True)
class PrebuiltWheel:
    """A wheel that somebody else has built and that fits a resolution, as far as that can be known without its content.

    ``url`` is that of a server or a file, or one that fsspec knows; ``sha256`` is hexadecimal; ``size`` in bytes;
    ``why`` says what its name claims and how that fits, a clause each; ``trust`` are the keys of its source, of which
    one has to say how it was built, if there are any.
    """

    url: str
    filename: str
    sha256: str
    size: int | None = None
    why: tuple[str, ...] = ()
    trust: tuple[str, ...] = ()

    @property
    def artifact(self) -> Artifact:
        """The same as what a package can be installed from."""
        return Artifact(kind="wheel", url=self.url, filename=self.filename, sha256=self.sha256, size=self.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildPlan:
    """How one sdist is built: base plus overlay, variables, order. This is what the lock records.

    The build environment is a base with an overlay on top. ``mode`` selects the base: nothing but the interpreter
    (isolated); a prefix linked from the conda records named in ``base_records`` (matched, may be empty); the
    environment itself (no-isolation). ``overlay`` are the packages that are installed on top, each one exact artifact.
    ``requirements`` say why they are there: the sdist's declared ones have the origin ``backend``.
    ``after`` names packages of the resolution whose wheels must exist first. ``imports`` are the distributions that the
    last build was seen to import; ``None`` before any build. ``downloads`` are the addresses that it was seen to ask
    for something: what it made may be another thing tomorrow. ``programs`` are those that the build runs in any case,
    as its source shows: ``nvcc``. A ``prebuilt`` wheel is used instead if the audit finds that it fits; with
    ``only_prebuilt`` nothing is built if it does not, and the plan has no build environment.
    """

    package: PyPIPackage
    mode: BuildMode
    requirements: tuple[BuildRequirement, ...] = ()
    overlay: tuple[PyPIPackage, ...] = ()
    base_records: tuple[str, ...] = ()
    variables: Variables = ()
    config_settings: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    after: tuple[NormalizedName, ...] = ()
    imports: tuple[NormalizedName, ...] | None = None
    downloads: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    prebuilt: PrebuiltWheel | None = None
    only_prebuilt: bool = False

    @property
    def name(self) -> NormalizedName:
        """The name of the package that the plan builds."""
        return self.package.name

    @property
    def how(self) -> str:
        """How the wheel comes about, in a word: the mode of its build, or ``prebuilt``."""
        return self.mode.value if self.prebuilt is None else "prebuilt"


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelFile:
    """A wheel on this machine, about to be installed; ``source`` is what it was fetched or built from."""

    name: NormalizedName
    version: str
    path: Path
    sha256: str
    source: Artifact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltWheel(WheelFile):
    """A wheel that a plan produced.

    ``seconds`` is the time that the build took (that of the original build when it comes ``from_store``); ``log`` is
    the complete output; ``toolchain`` says which compilers the environment offered, for example ``nvcc`` and its path;
    ``downloads`` are the addresses that the build was seen to ask for something. Others have built it where
    ``prebuilt`` is set: of that build nothing is known.
    """

    mode: BuildMode
    seconds: float
    log: Path | None = None
    imports: tuple[NormalizedName, ...] = ()
    toolchain: tuple[tuple[str, str], ...] = ()
    from_store: bool = False
    downloads: tuple[str, ...] = ()
    prebuilt: bool = False

    @property
    def how(self) -> str:
        """How it came about, as in :attr:`BuildPlan.how`."""
        return "prebuilt" if self.prebuilt else self.mode.value
