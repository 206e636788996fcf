"""The content of a manifest, independent of its dialect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from interlock_hooks.types.build import BuildOptions
from interlock_hooks.types.environment import AuditOptions, SolveOptions
from interlock_hooks.types.requirements import NameSelection, PyPIOptions, Requirement, ScopedOverride

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.utils import NormalizedName

    from interlock_hooks.types.conda import ChannelPriority, CondaSpec, SolveStrategy
    from interlock_hooks.types.environment import EnvironmentRequest, Solve, SystemRequirement
    from interlock_hooks.types.findings import Finding, Location
    from interlock_hooks.types.names import ChannelNames

DEFAULT = "default"
EVERYWHERE = ""  # the selector of what a feature asks for on every platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A conda channel: name or absolute URL. Higher ``priority`` comes first; equal ones keep their order.

    ``exclude_newer`` is a time limit of its own.
    """

    channel: str
    priority: int = 0
    exclude_newer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A platform that the workspace supports: a conda subdir, with the virtual packages that it promises.

    ``name`` differs from ``subdir`` when the manifest names it (pixi's rich platforms).
    """

    name: str
    subdir: str
    system_requirements: tuple[SystemRequirement, ...] = ()
    where: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DevPackage:
    """A source package that is worked on: its dependencies are installed, it is not.

    ``tables`` are its dependencies of each kind (of the build, of the host, at run time): by selector as in
    :class:`Feature`, and by name. ``manifest`` is the file that says so, ``refusal`` why it cannot be known.
    """

    tables: tuple[Mapping[str, Mapping[str, CondaSpec]], ...] = ()
    manifest: Path | None = None
    refusal: Finding | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What a feature asks for on the platforms of one selector; specs, constraints, ``dev`` by conda package name.

    ``variables`` are set after activation scripts ran, and may contain those that were set before; ``preset`` ones are
    set first, as they are.
    """

    specs: Mapping[str, CondaSpec] = field(default_factory=dict)
    constraints: Mapping[str, CondaSpec] = field(default_factory=dict)
    dev: Mapping[str, DevPackage] = field(default_factory=dict)
    requirements: tuple[Requirement, ...] = ()
    scripts: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    preset: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A named part of the manifest from which environments are composed.

    ``layers`` maps selectors (``""`` for everywhere, ``linux``, ``linux-64`` ...) to what is asked for there. ``None``
    for channels and platforms means: those of the workspace. ``places`` says where settings of which an environment can
    have only one value stand, by their keys. ``label`` is what messages call a feature that has no name.
    """

    name: str
    channels: tuple[Channel, ...] | None = None
    channel_priority: ChannelPriority | None = None
    solve_strategy: SolveStrategy | None = None
    platforms: tuple[str, ...] | None = None
    system_requirements: tuple[SystemRequirement, ...] = ()
    pypi: PyPIOptions = PyPIOptions()
    no_isolation: NameSelection = NameSelection()
    overrides: tuple[str, ...] = ()
    layers: Mapping[str, Layer] = field(default_factory=dict)
    requires_python: str | None = None
    requires_python_where: Location | None = None
    places: Mapping[str, Location] = field(default_factory=dict)
    label: str | None = None
    where: Location | None = None

    @property
    def title(self) -> str:
        """What messages call it."""
        return self.label or f"feature {self.name!r}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentDeclaration:
    """Which features make up an environment; the first one named weighs most, ``default`` least.

    ``inline`` is what the environment contains by itself: a feature without a name, which weighs more than all others.
    Environments with the same ``solve_group`` are solved together.
    """

    name: str
    features: tuple[str, ...] = ()
    solve_group: str | None = None
    no_default_feature: bool = False
    inline: Feature | None = None
    where: Location | None = None

    @property
    def all_features(self) -> tuple[str, ...]:
        """The features in order of weight, with the default one where it applies."""
        return tuple(dict.fromkeys(self.features if self.no_default_feature else (*self.features, DEFAULT)))


def contents(
    features: Mapping[str, Feature], environments: Mapping[str, EnvironmentDeclaration]
) -> tuple[Feature, ...]:
    """The features, and what environments contain beside them."""
    return (*features.values(), *(each.inline for each in environments.values() if each.inline))


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Extras and groups of which an environment can have one at most (uv's ``conflicts``), by names in normal form."""

    features: tuple[NormalizedName, ...]
    where: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Variants:
    """What recipes are built for: ``values`` by selector, the names and contents of ``files``, and their ``paths``."""

    values: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    files: tuple[tuple[str, str], ...] = ()
    paths: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What holds in every environment of the workspace."""

    channels: tuple[Channel, ...] = ()
    exclude_newer: str | None = None
    exclude_newer_where: Location | None = None
    exclude_newer_package: tuple[tuple[str, str], ...] = ()
    pypi: PyPIOptions = PyPIOptions()
    no_isolation: NameSelection = NameSelection()
    constraints: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    scoped_overrides: tuple[ScopedOverride, ...] = ()
    solve: SolveOptions = SolveOptions()
    build: BuildOptions = BuildOptions()
    audit: AuditOptions = AuditOptions()
    pypi_names: tuple[ChannelNames, ...] = ()
    variants: Variants = Variants()
    requires_python: str | None = None
    requires_python_where: Location | None = None
    torch_backend: str | None = None
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A manifest, completely read.

    ``files`` are all files that were read for it, or would be if they were there; if none of them changed, neither did
    the workspace.
    ``declared_platforms`` may hold several platforms with one subdir; ``platforms`` are their names. ``plugins`` are
    third-party plugins that the manifest enables; ``settings`` their ``[tool.interlock.NAME]`` tables (and that of the
    built-in ``cuda``), unread. ``places`` and ``beside`` are those of :class:`EnvironmentRequest`. ``findings`` are
    warnings.
    """

    name: str
    version: str | None = None
    root: Path
    manifest: Path
    files: tuple[Path, ...]
    declared_platforms: tuple[Platform, ...]
    features: Mapping[str, Feature]
    environments: Mapping[str, EnvironmentDeclaration]
    shared: Shared = field(default_factory=Shared)
    plugins: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, Location] = field(default_factory=dict)
    beside: tuple[Path, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def platforms(self) -> tuple[str, ...]:
        """The names of the platforms that the workspace supports; conda subdirs unless the manifest names them."""
        return tuple(platform.name for platform in self.declared_platforms)

    @property
    def refusals(self) -> frozenset[Finding]:
        """Errors of dependencies that cannot be had: of the environments that contain them, not of the manifest."""
        from interlock.manifest.refused import refusals

        found = contents(self.features, self.environments)
        layers = (layer for feature in found for layer in feature.layers.values())
        return frozenset(finding for layer in layers for finding in refusals(layer))

    def platforms_of(self, environment: str) -> tuple[Platform, ...]:
        """The platforms that an environment supports, as declared. Raises :class:`InterlockError` (IL112)."""
        from interlock.manifest.merge import platforms_of

        return platforms_of(self, environment)

    def supported_platforms(self, environment: str) -> tuple[str, ...]:
        """The names of the platforms that an environment supports. Raises :class:`InterlockError` (IL112)."""
        return tuple(platform.name for platform in self.platforms_of(environment))

    def request(self, environment: str = DEFAULT, platform: str | None = None) -> EnvironmentRequest:
        """What one environment asks for on one platform, its features merged.

        ``platform`` is a name of :attr:`platforms` or a conda subdir, by default that of this machine. Raises
        :class:`InterlockError`: IL112 for an unknown environment, IL115 for a platform that the environment does not
        support, IL116 if its features contradict each other, IL114 and IL120 for dependencies that cannot be had.
        """
        from interlock.manifest.merge import request

        return request(self, environment, platform)

    def together(self, environment: str = DEFAULT, platform: str | None = None) -> tuple[EnvironmentRequest, ...]:
        """What the environments ask for that are solved together with one, each for itself, and this one among them.

        Raises :class:`InterlockError` as :meth:`request` does.
        """
        from interlock.manifest.groups import together

        return together(self, environment, platform)

    def solve(self, environment: str = DEFAULT, platform: str | None = None) -> Solve:
        """What has to be solved for one environment on one platform: with others, if it is in a solve group.

        Raises :class:`InterlockError` as :meth:`request` does, also where the members contradict each other.
        """
        from interlock.manifest.groups import solve

        return solve(self, environment, platform)
