"""``dev``: source packages whose dependencies are installed, so that they can be worked on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.manifest.model import DevPackage, Layer, Platform
from interlock.manifest.targets import applying, overlaid_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from interlock_hooks.types.conda import CondaSpec


def developing(layers: Iterable[Layer], platform: Platform) -> Layer:
    """What the packages that are worked on depend on together, except for one another; all their specs hold.

    ``layers`` are those of the features, already for the platform. A dependency that cannot be had stays refused.
    """
    packages = overlaid_tables(layer.dev for layer in reversed(list(layers)))
    specs = {spec.spec: spec for package in packages.values() for spec in _dependencies(package, packages, platform)}
    return Layer(specs=specs, dev={name: replace(package, tables=()) for name, package in packages.items()})


def _dependencies(package: DevPackage, packages: Mapping[str, DevPackage], platform: Platform) -> Iterator[CondaSpec]:
    for table in package.tables:
        for name, spec in overlaid_tables(applying(table, platform)).items():
            if name not in packages:
                yield spec
