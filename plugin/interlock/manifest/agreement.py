"""Settings of which an environment has one value: two of its features must not contradict each other.

Which of them would win only depends on the order of the features, and nobody who writes one of them sees the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.core.findings import titled
from interlock.manifest import codes
from interlock.manifest.options import default_index
from interlock.manifest.report import failure
from interlock_hooks.types.findings import InterlockError

if TYPE_CHECKING:
    from interlock.manifest.model import Feature
    from interlock_hooks.types.findings import Finding


@dataclass(frozen=True, slots=True)
class _Setting:
    """A setting by its ``path`` in the table of a feature, and what a feature says of it."""

    path: tuple[str, ...]
    value: Callable[[Feature], str | None]


def _default_index(feature: Feature) -> str | None:
    index = default_index(feature.pypi.indexes)
    return index.url if index else None


def _virtual(*names: str, family: bool = False) -> Callable[[Feature], str | None]:
    """What a feature says of some virtual packages: their version, or which of them it names."""

    def value(feature: Feature) -> str | None:
        named = (each for each in feature.system_requirements if each.name in names)
        return next((each.name.strip("_") if family else each.version for each in named), None)

    return value


SETTINGS: Mapping[str, _Setting] = {
    setting.path[-1]: setting
    for setting in (
        _Setting(("channel-priority",), lambda feature: feature.channel_priority),
        _Setting(("pypi-options", "index-url"), _default_index),
        _Setting(("pypi-options", "index-strategy"), lambda feature: feature.pypi.index_strategy),
        _Setting(("pypi-options", "prerelease-mode"), lambda feature: feature.pypi.prerelease),
        _Setting(("system-requirements", "libc"), _virtual("__glibc", "__musl", family=True)),
        _Setting(("system-requirements", "archspec"), _virtual("__archspec")),
    )
}


def check_agreement(environment: str, features: Iterable[Feature]) -> None:
    """Raise :class:`InterlockError` (IL116) where features of an environment have different values of one setting."""
    contradictions = tuple(_contradictions(environment, list(features)))
    if contradictions:
        raise InterlockError(*contradictions)


def _contradictions(environment: str, features: list[Feature]) -> Iterator[Finding]:
    for key, setting in SETTINGS.items():
        said = [(feature, value) for feature in features if (value := setting.value(feature)) is not None]
        other = next((pair for pair in said if pair[1] != said[0][1]), None)
        if other is not None:
            yield from _contradiction(environment, key, said[0], other).findings


def _contradiction(
    environment: str, key: str, first: tuple[Feature, str], second: tuple[Feature, str]
) -> InterlockError:
    (one, value), (two, other) = first, second
    return failure(
        codes.CONFLICT,
        f"two features of {titled(environment)} have different values of {key!r}",
        one.places.get(key, one.where),
        why=f"{_said(one, key, value)}, and {_said(two, key, other)}",
        fix="let both features say the same, or make environments that contain only one of them",
    )


def _said(feature: Feature, key: str, value: str) -> str:
    where = feature.places.get(key)
    return f"{feature.title} says {value!r}" + (f" (line {where.line})" if where and where.line else "")
