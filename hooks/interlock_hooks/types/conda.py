"""The conda half: what is asked of the solver and what it answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from interlock_hooks.types.findings import Location

VirtualPackageOrigin = Literal["declared", "override", "plugin", "detected", "default"]
ChannelPriority = Literal["strict", "flexible", "disabled"]
SolveStrategy = Literal["highest", "lowest", "lowest-direct"]
_AFTER_NAME = re.compile(r"[ =<>!~\[;]")


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualPackage:
    """A property of the machine that packages can depend on, such as ``__cuda 12.4`` (CEP 30).

    ``origin`` says who decided: the manifest, a ``CONDA_OVERRIDE_*`` variable, a plugin, detection, or the minimum that
    every machine of the platform is taken to have. An empty ``version`` says that the machine lacks the property.
    """

    name: str
    version: str
    build: str = "0"
    origin: VirtualPackageOrigin = "declared"

    def __str__(self) -> str:
        return f"{self.name} {self.version} {self.build}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaSource:
    """The source of conda packages, with a recipe (CEP 13 and 14) that says how they are built.

    ``url`` is the ``file:`` URL of a directory, and ``recipe`` the path of the recipe below it. ``digest`` identifies
    the content of the recipe and of all files that it may read, once these were read.
    """

    url: str
    recipe: str
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaSpec:
    """A match spec (CEP 29) with the place it comes from.

    ``origin`` is a short phrase for messages: ``manifest``, ``requires-python``, or a plugin's name. ``built_from`` is
    the source of a package that is built on this machine.
    """

    spec: str
    origin: str = "manifest"
    where: Location | None = None
    built_from: CondaSource | None = None

    @property
    def name(self) -> str:
        """The package name that the spec is about, lower case; a ``channel::`` prefix is left out."""
        return _AFTER_NAME.split(self.spec.rsplit("::", 1)[-1], maxsplit=1)[0].lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaRecord:
    """One conda package as a channel's repodata describes it; enough to install it without repodata.

    ``sha256`` and ``md5`` are hexadecimal; ``size`` is in bytes; ``timestamp`` in milliseconds since the epoch;
    ``noarch`` is ``python``, ``generic`` or ``None``; ``python_site_packages_path`` as in CEP 17. ``built_from`` is the
    source of a package that was built on this machine: another machine builds it again, with other hashes.
    """

    name: str
    version: str
    build: str
    build_number: int
    subdir: str
    url: str
    file_name: str
    channel: str
    sha256: str | None = None
    md5: str | None = None
    size: int | None = None
    depends: tuple[str, ...] = ()
    constrains: tuple[str, ...] = ()
    purls: tuple[str, ...] | None = None
    noarch: str | None = None
    license: str | None = None
    timestamp: int | None = None
    track_features: tuple[str, ...] = ()
    python_site_packages_path: str | None = None
    built_from: CondaSource | None = None

    def __str__(self) -> str:
        return f"{self.name} {self.version} {self.build}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaRequest:
    """Everything the conda solver needs for one environment on one platform.

    ``constraints`` restrict packages without asking for them; of each group of ``alternatives`` at least one constraint
    holds, the first ones being tried first. ``preferred`` records come from an existing
    lock and win where the specs allow. ``channels`` are names or URLs in order of priority.

    ``exclude_newer`` is a time limit, an RFC 3339 time stamp or date: newer records are not used. Those of
    ``exclude_newer_channel`` come before it, and those of ``exclude_newer_package`` before all others; both can be
    :data:`~interlock_hooks.types.UNLIMITED`.
    """

    environment: str
    platform: str
    channels: tuple[str, ...]
    specs: tuple[CondaSpec, ...]
    constraints: tuple[CondaSpec, ...] = ()
    alternatives: tuple[tuple[CondaSpec, ...], ...] = ()
    channel_priority: ChannelPriority = "strict"
    strategy: SolveStrategy = "highest"
    virtual_packages: tuple[VirtualPackage, ...] = ()
    preferred: tuple[CondaRecord, ...] = ()
    exclude_newer: str | None = None
    exclude_newer_channel: tuple[tuple[str, str], ...] = ()
    exclude_newer_package: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaAdditions:
    """What a plugin adds to the conda request: further specs, constraints, and channels of lower priority."""

    specs: tuple[CondaSpec, ...] = ()
    constraints: tuple[CondaSpec, ...] = ()
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaSolution:
    """The records that satisfy a request, in an order in which they can be linked (dependencies first).

    ``asked`` is a digest of that request and of these records, by which locking knows later that they are all of its
    answer; ``None`` where they are not, or other things than the request decide.
    """

    platform: str
    records: tuple[CondaRecord, ...] = ()
    virtual_packages: tuple[VirtualPackage, ...] = ()
    channels: tuple[str, ...] = ()
    asked: str | None = None

    def get(self, name: str) -> CondaRecord | None:
        """The record of a package, or ``None`` if the solution does not hold it."""
        return next((record for record in self.records if record.name == name), None)
