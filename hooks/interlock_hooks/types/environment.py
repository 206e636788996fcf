"""An environment: as the manifest asks for it, as it is locked, and as it stands on disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from packaging.utils import NormalizedName

from interlock_hooks.types.build import BuildOptions, BuildPlan, BuiltWheel
from interlock_hooks.types.conda import ChannelPriority, CondaSolution, CondaSpec, SolveStrategy
from interlock_hooks.types.findings import Finding, Location
from interlock_hooks.types.names import ChannelNames
from interlock_hooks.types.pypi import Resolution
from interlock_hooks.types.requirements import NameSelection, PyPIOptions, Requirement, ScopedOverride


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemRequirement:
    """A property of the target machine that the manifest declares, by virtual package name (``__cuda``)."""

    name: str
    version: str
    where: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationOptions:
    """What an activated environment has beyond its prefix.

    ``project`` tells of the project (``PIXI_PROJECT_ROOT`` ...), ``preset`` are the ``variables`` of an
    ``environment.yml``: both are set first, as they are, so that scripts can use them. ``scripts`` and ``env`` are
    those of the manifest's ``activation`` table; variables in values of ``env`` are replaced.
    """

    project: tuple[tuple[str, str], ...] = ()
    preset: tuple[tuple[str, str], ...] = ()
    scripts: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveOptions:
    """Which ecosystem supplies what both have.

    ``from_pypi`` are names that PyPI may supply although the manifest asks conda for them: where conda cannot, or, if
    ``prefer`` is ``pypi``, in any case. What another conda package needs always comes from conda, except for the names
    in ``only_from_pypi``: conda packages that supply those are left out, and their dependents get PyPI's.
    """

    prefer: Literal["conda", "pypi"] = "conda"
    from_pypi: tuple[NormalizedName, ...] = ()
    only_from_pypi: tuple[NormalizedName, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeVariants:
    """What recipes are built for, besides what lies beside each of them: ``values``, and before those ``files``.

    ``files`` are names and contents, of which the first that has a value counts.
    """

    values: tuple[tuple[str, tuple[str, ...]], ...] = ()
    files: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        """Whether it says anything."""
        return bool(self.values or self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoredAdvisory:
    """An advisory that the manifest does not want to hear of, by any of its names, and why.

    ``until`` is the last day on which it is ignored (``2026-12-31``); ``None`` for ever.
    """

    id: str
    reason: str
    until: str | None = None
    where: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditOptions:
    """Which wheels are checked before they are installed, and what is said of known vulnerabilities.

    ``wheels`` names the last of these that counts: those that were ``built`` here, those that come ``direct`` from a
    URL or path, ``all``. What is found wrong with packages in ``trust`` is a warning, and no error.
    ``advisories`` is the path or address of the database of advisories, the public one by default.
    """

    wheels: Literal["none", "built", "direct", "all"] = "direct"
    trust: NameSelection = NameSelection()
    advisories: str | None = None
    ignore: tuple[IgnoredAdvisory, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentRequest:
    """What the manifest asks for in one environment on one platform, with features already merged.

    ``platform`` is a conda subdir, and ``platform_name`` what the manifest calls it where it has several of one subdir.
    ``root`` is the directory of the manifest, and ``beside`` are paths outside of it that the manifest names relative
    to it: they move with it. ``requires_python`` is a PEP 440 specifier set; ``overruled_python`` is one that restricts
    nothing, since the manifest says of conda's python which it should be. ``pypi_names`` is what the manifest says
    about the PyPI names of conda packages, by channel. ``settings`` holds the ``[tool.interlock.NAME]`` tables that
    belong to plugins, unread. ``places`` says where the manifest has what is only text here: ``constraint NAME``,
    ``override NAME``, and settings by their keys, such as ``exclude-newer``.
    """

    name: str
    platform: str
    platform_name: str | None = None
    root: Path
    beside: tuple[Path, ...] = ()
    channels: tuple[str, ...] = ()
    channel_priority: ChannelPriority = "strict"
    solve_strategy: SolveStrategy = "highest"
    conda_specs: tuple[CondaSpec, ...] = ()
    conda_constraints: tuple[CondaSpec, ...] = ()
    conda_exclude_newer: str | None = None
    conda_exclude_newer_channel: tuple[tuple[str, str], ...] = ()
    conda_exclude_newer_package: tuple[tuple[str, str], ...] = ()
    system_requirements: tuple[SystemRequirement, ...] = ()
    requires_python: str | None = None
    requires_python_where: Location | None = None
    overruled_python: str | None = None
    requirements: tuple[Requirement, ...] = ()
    constraints: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    scoped_overrides: tuple[ScopedOverride, ...] = ()
    pypi: PyPIOptions = PyPIOptions()
    solve: SolveOptions = SolveOptions()
    build: BuildOptions = BuildOptions()
    audit: AuditOptions = AuditOptions()
    activation: ActivationOptions = ActivationOptions()
    pypi_names: tuple[ChannelNames, ...] = ()
    recipe_variants: RecipeVariants = RecipeVariants()
    torch_backend: str | None = None
    plugins: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, Location] = field(default_factory=dict)

    @property
    def target(self) -> str:
        """The platform as the manifest calls it, by which the lock tells its answers apart."""
        return self.platform_name or self.platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Solve:
    """What is solved together on one platform: an environment, or the environments of a solve group.

    ``members`` are the requests of these environments, and ``request`` is what they ask for together: each package has
    one version for all of them. Of an environment alone, ``request`` is its own. ``group`` names the solve group, if
    there are several members.
    """

    request: EnvironmentRequest
    members: tuple[EnvironmentRequest, ...]
    group: str | None = None

    @classmethod
    def alone(cls, request: EnvironmentRequest) -> Solve:
        """The solve of one environment."""
        return cls(request=request, members=(request,))

    @property
    def target(self) -> str:
        """The platform of all members as the manifest calls it."""
        return self.request.target

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the environments."""
        return tuple(member.name for member in self.members)

    def member(self, name: str) -> EnvironmentRequest:
        """The request of an environment of this solve. Raises :class:`ValueError` for any other."""
        return self.members[self.names.index(name)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedEnvironment:
    """The complete answer to a request: what is installed and how the rest is built.

    ``platform`` is the :attr:`~EnvironmentRequest.target` of the request; the subdir is that of ``conda``.
    ``group`` is the solve group that it was solved with: its part of the group's answer.
    """

    name: str
    platform: str
    conda: CondaSolution
    resolution: Resolution
    plans: tuple[BuildPlan, ...] = ()
    group: str | None = None

    def plan(self, name: str) -> BuildPlan | None:
        """The build plan of a package, or ``None`` if it is not built from source."""
        return next((plan for plan in self.plans if plan.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownVersion:
    """The version of one thing that something was made for or can run, to be compared with that of others.

    ``who`` has it, and ``evidence`` says how that is known. ``version`` is as exact as what is known: ``12`` stands for
    any release of 12. With ``up_to``, it is the newest version of those that work, as that of a driver is.
    """

    who: str
    version: str
    evidence: str = ""
    up_to: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InfoSection:
    """What a plugin adds to ``env info``.

    ``rows`` are a label and a text each, for people. ``data`` is JSON-ready and stands under ``name``, which should be
    that of the plugin, in the document of ``--json``; keys of Interlock's own cannot be replaced. ``versions`` should
    fit each other: ``--html`` draws them side by side. ``findings`` say what contradicts among them; ``None`` that this
    was not checked.
    """

    name: str
    data: Mapping[str, Any]
    rows: tuple[tuple[str, str], ...] = ()
    versions: tuple[KnownVersion, ...] = ()
    findings: tuple[Finding, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A locked environment and the prefix that it lives in, with the wheels that were built for it so far.

    ``request`` is what the manifest asks for; ``logs`` is the directory for build logs.
    """

    locked: LockedEnvironment
    request: EnvironmentRequest
    prefix: Path
    logs: Path
    built: tuple[BuiltWheel, ...] = ()

    @property
    def root(self) -> Path:
        """The directory of the manifest."""
        return self.request.root
