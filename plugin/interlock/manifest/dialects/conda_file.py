"""What one of conda's files says, in the terms of the other dialects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from interlock.manifest.dialects.conda_lines import with_channels_of_packages
from interlock.manifest.dialects.pixi import PixiManifest
from interlock.manifest.dialects.uv import UvOptions
from interlock.manifest.model import DEFAULT, EnvironmentDeclaration, Feature, Shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from interlock.manifest.model import Channel, Layer, Platform
    from interlock.manifest.table import Table
    from interlock_hooks.types.conda import CondaSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaFile:
    """The document, what it says, and the ``files`` that it names."""

    top: Table
    manifest: PixiManifest
    options: UvOptions = field(default_factory=UvOptions)
    files: tuple[Path, ...] = ()


def conda_manifest(
    layers: Mapping[str, Layer], channels: Iterable[Channel], platforms: tuple[Platform, ...], name: str | None = None
) -> PixiManifest:
    """A manifest of one environment; the channels of packages that are named by their URL come after ``channels``."""
    specs = [spec for layer in layers.values() for spec in layer.specs.values()]
    # The priority is conda's default.
    feature = Feature(name=DEFAULT, channel_priority="flexible", layers=layers)
    return PixiManifest(
        name=name,
        platforms=platforms,
        features={DEFAULT: feature},
        environments={DEFAULT: EnvironmentDeclaration(name=DEFAULT)},
        shared=Shared(channels=with_channels_of_packages(channels, specs)),
    )


def add_spec(specs: dict[str, CondaSpec], spec: CondaSpec) -> None:
    """Add a spec to those of a file; conda lets it name a package twice, and both hold."""
    specs[spec.name if spec.name not in specs else spec.spec] = spec
