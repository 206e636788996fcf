"""Which Python an environment asks for: by ``requires-python``, by conda's package of it, or by what runs on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from interlock.manifest.model import DEFAULT, EVERYWHERE, Layer
from interlock.manifest.options import unique
from interlock_hooks.types.conda import CondaSpec

if TYPE_CHECKING:
    from interlock.manifest.model import Feature, Shared
    from interlock_hooks.types.findings import Location
    from interlock_hooks.types.requirements import Requirement

_NAME = "python"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredPython:
    """``specifiers`` restrict the interpreter, ``overruled`` ones do not; ``where`` is the first of all of them."""

    specifiers: str | None = None
    overruled: str | None = None
    where: Location | None = None


def requires_python(features: Sequence[Feature], layers: Iterable[Layer], shared: Shared) -> RequiredPython:
    """What ``requires-python`` of the project and of the groups among the features says.

    As in pixi, that of the project is a default: where the default feature says of conda's python which it should be,
    this alone counts.
    """
    stated = [(feature.requires_python, feature.requires_python_where) for feature in features]
    overruled = None
    for feature, layer in zip(features, layers, strict=True):
        if feature.name != DEFAULT or not shared.requires_python:
            continue
        if _is_written(layer.specs.get(_NAME)):
            overruled = shared.requires_python
        else:
            stated.insert(0, (shared.requires_python, shared.requires_python_where))
    found = [(text, where) for text, where in stated if text]
    return RequiredPython(
        specifiers=",".join(unique(text for text, _ in found)) or None,
        overruled=overruled,
        where=found[0][1] if found else shared.requires_python_where if overruled else None,
    )


def _is_written(spec: CondaSpec | None) -> bool:
    """Whether the manifest has a line for it, other than where only :func:`of_project` added it."""
    return spec is not None and spec.where is not None


def of_project(feature: Feature) -> Feature:
    """The default feature of a project with pixi's tables, whose environments have a Python in any case, as in pixi."""
    layer = feature.layers.get(EVERYWHERE, Layer())
    specs = {_NAME: CondaSpec(spec=_NAME, origin="[project]"), **layer.specs}
    return replace(feature, layers={**feature.layers, EVERYWHERE: replace(layer, specs=specs)})


def with_python(specs: tuple[CondaSpec, ...], requirements: tuple[Requirement, ...]) -> tuple[CondaSpec, ...]:
    """PyPI requirements need an interpreter, also where the manifest does not mention one."""
    if not requirements or any(spec.name == _NAME for spec in specs):
        return specs
    return (*specs, CondaSpec(spec=_NAME, origin="PyPI requirements"))
