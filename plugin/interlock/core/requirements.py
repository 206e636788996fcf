"""Requirements among distributions that are there together, and which of them are not met.

One check for what is resolved, before it is locked, and for what is installed.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import NormalizedName, canonicalize_name, canonicalize_version
from packaging.version import Version

from interlock.core.markers import holds

if TYPE_CHECKING:
    from packaging.specifiers import Specifier, SpecifierSet

    from interlock.core.markers import Variables
    from interlock_hooks.types import ScopedOverride

_ARBITRARY = "==="


@dataclass(frozen=True, slots=True)
class Present:
    """A distribution that is there, with what its metadata requires (PEP 508); the version may be unknown."""

    name: NormalizedName
    version: str | None
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unmet:
    """A requirement that is not met.

    ``by`` has it, ``None`` stands for the project; ``found`` is the version that is there, ``None`` if none is.
    """

    by: NormalizedName | None
    requirement: Requirement
    found: str | None

    def __str__(self) -> str:
        # The marker says why it counts, not what is needed.
        return f"{self.requirement.name}{self.requirement.specifier}"


class Overrides:
    """Requirements that replace those on the same names: of all packages, or of one alone, as uv's overrides do."""

    def __init__(self, texts: Iterable[str], scoped: Iterable[ScopedOverride], variables: Variables) -> None:
        self._variables = variables
        self._everywhere = _by_name(texts)
        said: defaultdict[tuple[NormalizedName, str | None], list[str]] = defaultdict(list)
        for each in scoped:
            # 3.0 and 3.0.0 are the same version.
            said[each.package, _comparable(each.version)] += each.requirements
        self._scoped = {scope: _by_name(found) for scope, found in said.items()}

    def names(self, by: Present) -> set[NormalizedName]:
        """The names on which overrides say what a package requires, whatever it says itself."""
        return {*self._everywhere, *self._of(by)}

    def applied(self, requirement: Requirement, by: Present | None) -> list[Requirement]:
        """What counts in place of a requirement: itself, or the overrides of its name that hold, possibly none."""
        name = canonicalize_name(requirement.name)
        replacing = self._of(by).get(name) or self._everywhere.get(name)
        return [requirement] if replacing is None else self._holding(replacing)

    def added(self, by: Present) -> list[Requirement]:
        """What a package requires by overrides alone."""
        known = {canonicalize_name(each.name) for each in valid_requirements(by.requires)}
        new = (texts for name, texts in self._of(by).items() if name not in known)
        return [each for texts in new for each in self._holding(texts)]

    def _of(self, by: Present | None) -> Mapping[NormalizedName, list[Requirement]]:
        if by is None:
            return {}
        return self._scoped.get((by.name, _comparable(by.version))) or self._scoped.get((by.name, None)) or {}

    def _holding(self, requirements: Iterable[Requirement]) -> list[Requirement]:
        return [each for each in requirements if holds(each.marker, self._variables)]


def _comparable(version: str | None) -> str | None:
    return None if version is None else canonicalize_version(version)


def _by_name(texts: Iterable[str]) -> dict[NormalizedName, list[Requirement]]:
    found: dict[NormalizedName, list[Requirement]] = {}
    for requirement in valid_requirements(texts):
        found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


def unmet_requirements(
    present: Mapping[NormalizedName, Present],
    project: Iterable[str],
    variables: Variables,
    overrides: Iterable[str] = (),
    scoped: Iterable[ScopedOverride] = (),
) -> Iterator[Unmet]:
    """The requirements of the ``project`` and of all that is ``present`` that are not met, with the extras asked for.

    ``variables`` are those of environment markers. What is not valid (PEP 508) is passed over.
    """
    scoped = tuple(scoped)
    replaced = Overrides(overrides, scoped, variables)
    # Most of what conda supplies requires nothing that it does not know itself.
    requiring = sorted(name for name, package in present.items() if package.requires or scoped)
    waiting: deque[tuple[NormalizedName | None, str]] = deque([(None, ""), *((name, "") for name in requiring)])
    seen: set[tuple[NormalizedName | None, str]] = set()
    while waiting:
        node = by, extra = waiting.popleft()
        if node in seen:
            continue
        seen.add(node)
        package = None if by is None else present[by]
        texts = project if package is None else package.requires
        active = [each for each in valid_requirements(texts) if is_active(each, extra, variables)]
        added = replaced.added(package) if package and not extra else []
        for requirement in (*(each for own in active for each in replaced.applied(own, package)), *added):
            needed = canonicalize_name(requirement.name)
            found = present.get(needed)
            if found is None or not admits(requirement.specifier, found.version):
                yield Unmet(by, requirement, found.version if found else None)
            else:
                waiting.extend((needed, each) for each in sorted(requirement.extras))


def admits(specifiers: SpecifierSet, version: str | None) -> bool:
    """Whether a version satisfies all specifiers. Pre-releases count like any other version (PEP 440).

    One that is not known satisfies everything, and so does one that PEP 440 does not know.
    """
    if version is None or not specifiers:
        return True
    try:
        number = Version(version)
        return all(_admits(each, number) for each in specifiers)
    except ValueError:
        return True


def _admits(specifier: Specifier, version: Version) -> bool:
    if specifier.operator == _ARBITRARY:
        # packaging compares the text, but 1.0 and 1.0.0 are the same version.
        return str(version) == specifier.version or Version(specifier.version) == version
    return specifier.contains(version, prereleases=True)


def is_active(requirement: Requirement, extra: str, variables: Variables) -> bool:
    """Whether a requirement holds here: without an extra, or only with it."""
    if requirement.marker is None:
        return not extra
    plain = holds(requirement.marker, {**variables, "extra": ""})
    if not extra:
        return plain
    return not plain and holds(requirement.marker, {**variables, "extra": extra})


def valid_requirements(texts: Iterable[str]) -> Iterator[Requirement]:
    """The requirements in texts (PEP 508); what is not valid is passed over."""
    return (requirement for text in texts if (requirement := _requirement(text)))


@lru_cache(maxsize=4096)
def _requirement(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None
