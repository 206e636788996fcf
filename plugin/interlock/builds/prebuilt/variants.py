"""Wheel variants (PEP 825, a draft): the label in a wheel's name, and the properties that it stands for.

Properties are judged by what is known of an environment. Which values are compatible with what is from PEP 817 and from
the providers that it names; what is unknown here, or of another version of the format, is never taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion

from interlock.builds.prebuilt.errors import MisfitError
from interlock.core.cuda_versions import CudaVersion, plain_version
from interlock.core.json import parse_json

if TYPE_CHECKING:
    from interlock.builds.prebuilt.target import Target

NULL = "null"
DESCRIPTION = "-variants.json"
_LABEL = re.compile(r"[0-9a-z_.]+")
_NAME = re.compile(r"[0-9a-z_]+")
# No assumptions may be made of another draft: its numbers begin with 0.
_SCHEMA = re.compile(r".*[/v-]0\.1\.1\.json")
_RELEASE = re.compile(r"\d+(?:\.\d+){0,2}")
_ARCHITECTURE = re.compile(r"(\d+)(\d)_(real|virtual)")
_CAPABILITY = re.compile(r"(\d+)\.(\d)")
_LEVEL = re.compile(r"v([1-4])")
_KNOWN_LEVEL = re.compile(r"x86_64(?:_v([1-4]))?")
_MARKER = re.compile(r"\bvariant_(?:label|properties|features|namespaces)\b")
_LAST = (1 << 30, "", 0)

# The place of a namespace, a feature, and the place of the best of its values.
Key = tuple[int, str, int]
# The place of a value that is compatible with what an environment has: lower ones are better.
_Judge = Callable[[str, str], int | None]


@dataclass(frozen=True, slots=True)
class Feature:
    """A variant feature, of which an environment has to have one of the ``values``; ``place`` is its namespace's."""

    place: int
    namespace: str
    name: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.namespace} :: {self.name} :: {' or '.join(self.values)}"


@dataclass(frozen=True, slots=True)
class Variant:
    """The features that a label stands for; ``unknown`` is why nothing says which ones, a clause, else empty."""

    features: tuple[Feature, ...] = ()
    unknown: str = ""

    @property
    def asked(self) -> frozenset[tuple[str, str, frozenset[str]]]:
        """What an environment has to have, in whichever order it is written."""
        return frozenset((each.namespace, each.name, frozenset(each.values)) for each in self.features)


def split_label(filename: str) -> tuple[str, str | None]:
    """The name of a wheel without its variant label, and the label if there is one."""
    parts = filename.removesuffix(".whl").split("-")
    # What starts with a digit after the version is a build tag; a Python tag never does.
    expected = 6 if len(parts) > 2 and parts[2][:1].isdigit() else 5
    if not filename.endswith(".whl") or len(parts) != expected + 1 or not _LABEL.fullmatch(parts[-1]):
        return filename, None
    return f"{'-'.join(parts[:-1])}.whl", parts[-1]


def description_of(filename: str) -> str:
    """The name of the file that lies beside a variant wheel and says what the labels of its version stand for."""
    name, version, *_ = filename.split("-")
    return f"{canonicalize_name(name).replace('-', '_')}-{version}{DESCRIPTION}"


def read_variants(content: bytes) -> dict[str, Variant]:
    """The variants in ``*-variants.json`` or ``variant.json``, by label. Raises :class:`ValueError` with the reason."""
    data = parse_json(content)
    try:
        if not _SCHEMA.fullmatch(data["$schema"]):
            raise ValueError(f"its format is not 0.1.1 of PEP 825, but {data['$schema']}")
        order = [str(each) for each in data["default-priorities"]["namespace"]]
        return {label: Variant(tuple(_features(found, order))) for label, found in data["variants"].items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("it is no variant metadata (PEP 825)") from error


def requires_by_variant(requirement: str) -> bool:
    """Whether a requirement counts only in some variants of its wheel, which no resolver knows yet."""
    return _MARKER.search(requirement.partition(";")[2]) is not None


def _features(namespaces: dict[str, dict[str, list[str]]], order: list[str]) -> Iterator[Feature]:
    for namespace, features in namespaces.items():
        for name, values in features.items():
            if namespace not in order or not values or not isinstance(values, list):
                raise TypeError
            if not all(map(_NAME.fullmatch, (namespace, name))) or not all(map(_LABEL.fullmatch, values)):
                raise TypeError
            yield Feature(order.index(namespace), namespace, name, tuple(values))


def place_of(variant: Variant | None, target: Target) -> tuple[Key, ...]:
    """The place of a variant among those of its version: lower ones are better, and no variant at all is last.

    It is the order of PEP 825; the null variant comes before a wheel that is no variant. Raises :class:`MisfitError`
    where a feature is not what the environment has, or where nothing tells whether it is.
    """
    if variant is None:
        return (_LAST, _LAST)
    if variant.unknown:
        raise MisfitError(variant.unknown)
    return (*sorted(_key(feature, target) for feature in variant.features), _LAST)


def _key(feature: Feature, target: Target) -> Key:
    judge, here, words = _judge_of(feature, target)
    places = [place for value in feature.values if (place := judge(value, here)) is not None]
    if not places:
        raise MisfitError(f"its variant is for {feature}, and the environment has {words}")
    return feature.place, feature.name, min(places)


def _judge_of(feature: Feature, target: Target) -> tuple[_Judge, str, str]:
    """How to judge a value of a feature, what it is compared with, and that in words."""
    kind = (feature.namespace, feature.name)
    if feature.namespace == "abi_dependency":
        version = target.versions.get(canonicalize_name(feature.name))
        if version is None:
            raise MisfitError(f"its variant is for {feature}, and the environment has no {feature.name}")
        return _abi_place, version, f"{feature.name} {version}"
    if kind in _CUDA and target.platform is not None:
        # An environment's CUDA is torch's; nothing that is newer than the driver supports will do there.
        driver, cuda = plain_version(target.machine.get("__cuda", "")), target.cuda
        if kind == _LOWER_BOUND and driver and cuda and cuda.major == driver.major and cuda.newer_than(driver):
            cuda = driver
        return _CUDA[kind], str(cuda or ""), f"CUDA {cuda}" if cuda else f"torch for {target.platform}"
    if kind in _MACHINE:
        judge, package, form = _MACHINE[kind]
        here = target.machine.get(package)
        if here is None or not form.fullmatch(here):
            unclear = f"no {package}" if here is None else f"{package} {here}, which does not tell"
            raise MisfitError(f"its variant is for {feature}, and the environment has {unclear}")
        return judge, here, f"{package} {here}"
    raise MisfitError(f"its variant is for {feature}, and nothing tells whether the environment fits that")


def _abi_place(value: str, here: str) -> int | None:
    try:
        fits = _RELEASE.fullmatch(value) and SpecifierSet(f"=={value}.*").contains(here, prereleases=True)
    except InvalidVersion:
        # Distributions that conda supplies may have any version.
        return None
    return -value.count(".") if fits else None


def _lower_place(value: str, here: str) -> int | None:
    wanted, cuda = plain_version(value), plain_version(here)
    # What was built for another major version needs other libraries than torch, even if the driver would do.
    if wanted is None or cuda is None or wanted.major != cuda.major:
        return None
    steps = (cuda.minor or 0) - (wanted.minor or 0)
    return steps if steps >= 0 else None


def _upper_place(value: str, here: str) -> int | None:
    wanted, cuda = plain_version(value), plain_version(here)
    if wanted is None or cuda is None:
        return None
    return 0 if CudaVersion(wanted.major, wanted.minor or 0).newer_than(cuda) else None


def _architecture_place(value: str, here: str) -> int | None:
    """Code for a GPU runs on those of the same generation that can do as much (CUDA's binary compatibility)."""
    wanted, found = _ARCHITECTURE.fullmatch(value), _CAPABILITY.fullmatch(here)
    if wanted is None or found is None or wanted[1] != found[1]:
        return None
    steps = int(found[2]) - int(wanted[2])
    return 2 * steps + (wanted[3] == "virtual") if steps >= 0 else None


def _level_place(value: str, here: str) -> int | None:
    wanted, found = _LEVEL.fullmatch(value), _KNOWN_LEVEL.fullmatch(here)
    if wanted is None or found is None:
        return None
    steps = int(found[1] or 1) - int(wanted[1])
    return steps if steps >= 0 else None


_LOWER_BOUND = ("nvidia", "cuda_version_lower_bound")
_CUDA: dict[tuple[str, str], _Judge] = {
    _LOWER_BOUND: _lower_place,
    ("nvidia", "cuda_version_upper_bound"): _upper_place,
}
# The virtual packages that say of a machine what these features ask, and the form in which they do.
_MACHINE: dict[tuple[str, str], tuple[_Judge, str, re.Pattern[str]]] = {
    ("nvidia", "sm_arch"): (_architecture_place, "__cuda_arch", _CAPABILITY),
    ("x86_64", "level"): (_level_place, "__archspec", _KNOWN_LEVEL),
}
