"""What a feature asks for on one platform: the content of its ``target`` tables over what holds everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from interlock.core.recipes import sources_of
from interlock.manifest.model import EVERYWHERE, Feature, Layer, Platform
from interlock.manifest.selectors import matches
from interlock_hooks.types.environment import RecipeVariants

if TYPE_CHECKING:
    from interlock.manifest.model import Shared
    from interlock_hooks.types.conda import CondaSpec
    from interlock_hooks.types.requirements import Requirement

_Value = TypeVar("_Value")


def effective(feature: Feature, platform: Platform) -> Layer:
    """One layer for the platform: what holds everywhere below, then the targets in the order of the manifest."""
    layers = applying(feature.layers, platform)
    scripts = [layer.scripts for layer in layers if layer.scripts]
    return Layer(
        specs=overlaid_tables(layer.specs for layer in layers),
        constraints=overlaid_tables(layer.constraints for layer in layers),
        dev=overlaid_tables(layer.dev for layer in layers),
        requirements=_last_of_each(layer.requirements for layer in layers),
        scripts=scripts[-1] if scripts else (),
        variables=tuple(overlaid_tables(dict(layer.variables) for layer in layers).items()),
        preset=tuple(overlaid_tables(dict(layer.preset) for layer in layers).items()),
    )


def variants_of(specs: Iterable[CondaSpec], shared: Shared, platform: Platform) -> RecipeVariants:
    """What the recipes among the ``specs`` are built for on a platform; nothing where there are none."""
    if not sources_of(specs):
        return RecipeVariants()
    values = overlaid_tables(applying(shared.variants.values, platform))
    return RecipeVariants(values=tuple(sorted(values.items())), files=shared.variants.files)


def applying(tables: Mapping[str, _Value], platform: Platform) -> list[_Value]:
    """The values of the selectors that match a platform, with what holds everywhere first."""
    ordered = sorted(tables.items(), key=lambda item: item[0] != EVERYWHERE)
    return [
        value
        for selector, value in ordered
        if selector == EVERYWHERE or matches(selector, platform.name, platform.subdir)
    ]


def overlaid_tables(tables: Iterable[Mapping[str, _Value]]) -> dict[str, _Value]:
    """One table of several: later ones replace entries of earlier ones."""
    return {name: value for table in tables for name, value in table.items()}


def _last_of_each(layers: Iterable[tuple[Requirement, ...]]) -> tuple[Requirement, ...]:
    """Requirements of a later layer replace those of the same name; one layer may name a package twice."""
    kept: tuple[Requirement, ...] = ()
    for layer in layers:
        names = {requirement.name for requirement in layer}
        kept = (*(requirement for requirement in kept if requirement.name not in names), *layer)
    return kept
