"""Metadata that depends on the resolution: resolve again until nothing changes.

The dependencies of an sdist without static metadata can be known only after its backend has run in an environment that
the resolution decides. So: assume none, resolve, find out about what was selected, resolve with the answers, and so on
until resolution and answers belong to each other.

Versions whose backend cannot tell its metadata are left out (:mod:`interlock.resolve.exclusions`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from interlock.resolve.exclusions import EXCLUSION_LIMIT, exclusion, may_exclude
from interlock.resolve.findings import metadata_cycle, metadata_unsettled, other_metadata
from interlock.resolve.uv.errors import NoResolutionError
from interlock_hooks.types import InterlockError, Metadata, PassedOver, PyPIPackage, PyPIRequest, Resolution

if TYPE_CHECKING:
    from collections.abc import Mapping

ROUND_LIMIT = 25

# By name and version; the version is None for a source tree, of which there is only one.
Answers = dict[tuple[NormalizedName, str | None], Metadata]
Resolve = Callable[[PyPIRequest], Resolution]
Produce = Callable[[PyPIPackage, Resolution], Metadata]
Doubted = Callable[[PyPIPackage, Resolution], bool]


def resolve_fixpoint(
    request: PyPIRequest, resolve: Resolve, produce: Produce, doubted: Doubted = lambda *_: False
) -> Resolution:
    """Resolve until the metadata of the selected dynamic packages is what is known of them given the resolution.

    ``produce`` gives a package's metadata, if need be as its backend says it in the environment that a resolution plans
    for it; it is called in every round for every selected dynamic package and should keep its answers. A package whose
    metadata cannot be produced yet, because the resolution lacks what its build needs, is tried again as long as others
    make progress. Packages that are only tried by the resolver are never asked. ``doubted`` says that what the files of
    a package state is known to be wrong: it is treated as a dynamic one.

    Versions for which ``produce`` raises :class:`UnusableSourceError` are left out, up to ``EXCLUSION_LIMIT`` of them,
    unless they are pinned; they are in :attr:`Resolution.passed_over`.

    Raises :class:`InterlockError`: what ``resolve`` and ``produce`` raise; IL480 for a backend that answers with
    another name or version; IL481 when the answers repeat in a cycle; IL482 when they still change after
    ``ROUND_LIMIT`` rounds.
    """
    excluded: list[PassedOver] = []
    failures: list[InterlockError] = []
    while True:
        try:
            resolution, failure = _Rounds(resolve, produce, doubted, tuple(excluded)).settle(request)
        except NoResolutionError as error:
            if not failures:
                raise
            raise error.after(failures[0]) from failures[0]
        if failure is None:
            return replace(resolution, passed_over=(*resolution.passed_over, *excluded))
        failures.append(failure.error)
        if len(excluded) == EXCLUSION_LIMIT or not may_exclude(failure.package, failure.error, request):
            raise failures[0]
        excluded.append(exclusion(failure.package, failure.error, resolution))


@dataclass(frozen=True, slots=True)
class _Failure:
    """A package whose metadata is not available."""

    package: PyPIPackage
    error: InterlockError


@dataclass(frozen=True, slots=True)
class _Rounds:
    """The rounds in which resolution and answers settle, without the versions that are ``excluded``."""

    resolve: Resolve
    produce: Produce
    doubted: Doubted
    excluded: tuple[PassedOver, ...]

    def settle(self, request: PyPIRequest) -> tuple[Resolution, _Failure | None]:
        """The fixpoint, or the resolution at which metadata could not be had, with that failure."""
        request = replace(request, excluded=(*request.excluded, *self.excluded))
        answers: Answers = {}
        states: list[tuple[Answers, Resolution]] = []
        while len(states) < ROUND_LIMIT:
            resolution = self.resolve(replace(request, metadata=(*request.metadata, *answers.values())))
            states.append((answers, resolution))
            said, failures = self._ask(resolution)
            updated = answers | said
            if _is_same(updated, answers):
                return resolution, failures[0] if failures else None
            if any(_is_same(updated, earlier) for earlier, _ in states):
                raise _cycle(states, updated)
            answers = updated
        raise _unsettled(states)

    def _ask(self, resolution: Resolution) -> tuple[Answers, list[_Failure]]:
        """The metadata of the selected dynamic packages, and the failures of those whose metadata could not be had."""
        said: Answers = {}
        failures: list[_Failure] = []
        unstated = (entry for entry in resolution.metadata if entry.origin == "assumed" or entry.is_learned)
        dynamic = {(entry.name, entry.version) for entry in unstated}
        seen = replace(resolution, passed_over=(*resolution.passed_over, *self.excluded))
        for package in resolution.packages:
            if not package.needs_build:
                continue
            if (package.name, package.version) not in dynamic and not self.doubted(package, resolution):
                continue
            try:
                metadata = self.produce(package, seen)
            except InterlockError as error:
                failures.append(_Failure(package, error))
                continue
            key = _key(package)
            said[key] = _checked(metadata, package, tree=key[1] is None)
        return said, failures


def _is_same(one: Answers, other: Answers) -> bool:
    """Whether answers say the same, but for versions of source trees: some are another one each time that they ask."""
    return one.keys() == other.keys() and all(
        replace(said, version=key[1]) == replace(other[key], version=key[1]) for key, said in one.items()
    )


def _key(package: PyPIPackage) -> tuple[NormalizedName, str | None]:
    # A source tree can change its version with what is installed; its earlier answer must not stay beside the new one.
    return package.name, None if package.is_source_tree else package.version


def _checked(metadata: Metadata, package: PyPIPackage, *, tree: bool) -> Metadata:
    name = canonicalize_name(metadata.name)
    version = _normal(metadata.version or package.version)
    if name == package.name and version and (tree or Version(version) == Version(package.version)):
        # The text of the resolver's version is kept: 1.0 and 1.0.0 are one version but two texts.
        return replace(metadata, name=name, version=version if tree else package.version)
    raise InterlockError(other_metadata(package, metadata))


def _normal(version: str) -> str | None:
    try:
        return str(Version(version))
    except ValueError:
        return None


def _cycle(states: list[tuple[Answers, Resolution]], updated: Answers) -> InterlockError:
    start = next(i for i, (answers, _) in enumerate(states) if _is_same(answers, updated))
    first = states[start][1]
    second = states[-1][1]
    differences = _differences(first, second, states[start][0], states[-1][0])
    return InterlockError(metadata_cycle(len(states), start + 1, differences))


def _unsettled(states: list[tuple[Answers, Resolution]]) -> InterlockError:
    (before, first), (after, second) = states[-2], states[-1]
    return InterlockError(metadata_unsettled(ROUND_LIMIT, _differences(first, second, before, after)))


def _differences(first: Resolution, second: Resolution, before: Answers, after: Answers) -> list[str]:
    """What differs between two states, one package or answer a line."""
    one, other = _versions(first), _versions(second)
    lines = [
        f"{name}: {one.get(name, 'absent')} in one state, {other.get(name, 'absent')} in the other"
        for name in sorted(one.keys() | other.keys())
        if one.get(name) != other.get(name)
    ]
    asked = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    for name, version in sorted(asked, key=str):
        title = name if version is None else f"{name} {version}"
        shown = [_requirements(answers.get((name, version))) for answers in (before, after)]
        lines.append(f"{title} requires: {shown[0]} in one state, {shown[1]} in the other")
    return lines


def _versions(resolution: Resolution) -> Mapping[str, str]:
    return {package.name: package.version for package in resolution.packages}


def _requirements(metadata: Metadata | None) -> str:
    if metadata is None:
        return "not asked yet"
    return ", ".join(metadata.requires_dist) or "nothing"
