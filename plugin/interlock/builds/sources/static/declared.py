"""What one place of a source tree (setup.py, setup.cfg) declares, before it is known which place counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from packaging.utils import canonicalize_name

from interlock.builds.sources.static.facts import Fact, Known, NotProvable
from interlock.builds.sources.static.requirement_texts import NotARequirementError, with_marker

T = TypeVar("T")
Extras = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """Fields of metadata; ``None`` where this place says nothing, and the next one counts.

    Keys of ``extras`` may have a marker after a colon, as those of ``extras_require``. ``plugins`` are what
    ``setup_requires`` names. ``partial`` are the fields among ``install`` and ``extras`` that it declares in some
    environments only. ``is_tagged`` says that something is added to the version, whatever it is.
    """

    name: Fact[str] | None = None
    version: Fact[str] | None = None
    requires_python: Fact[str] | None = None
    install: Fact[tuple[str, ...]] | None = None
    extras: Fact[Extras] | None = None
    plugins: Fact[tuple[str, ...]] | None = None
    partial: frozenset[str] = frozenset()
    is_tagged: bool = False

    def otherwise(self, other: Declared) -> Declared:
        """What is declared here, and what ``other`` says of the rest."""
        return Declared(
            name=self.name or other.name,
            version=self.version or other.version,
            requires_python=self.requires_python or other.requires_python,
            install=self._first("install", self.install, other.install),
            extras=self._first("extras", self.extras, other.extras),
            plugins=_both(self.plugins, other.plugins),
            is_tagged=self.is_tagged or other.is_tagged,
        )

    def _first(self, field: str, here: Fact[T] | None, there: Fact[T] | None) -> Fact[T] | None:
        if field in self.partial and there is not None:
            return NotProvable(f"{field} are declared in one place in some environments, and in another one in others")
        return here or there


def _both(one: Fact[tuple[str, ...]] | None, other: Fact[tuple[str, ...]] | None) -> Fact[tuple[str, ...]] | None:
    if isinstance(one, Known) and isinstance(other, Known):
        return Known((*one.value, *other.value), one.source)
    return one if isinstance(one, NotProvable) or other is None else other


def requires_dist(install: Fact[tuple[str, ...]], extras: Fact[Extras]) -> Fact[tuple[str, ...]]:
    """All requirements, those of extras with their markers."""
    if isinstance(install, NotProvable):
        return install
    if isinstance(extras, NotProvable):
        return extras
    try:
        optional = [text for key, texts in extras.value.items() for text in _of_extra(key, texts)]
    except NotARequirementError as error:
        return NotProvable(str(error))
    sources = dict.fromkeys((install.source, extras.source) if extras.value else (install.source,))
    return Known(tuple(dict.fromkeys((*install.value, *optional))), ", ".join(sources))


def _of_extra(key: str, texts: Iterable[str]) -> list[str]:
    extra, _, marker = key.partition(":")
    if not extra and not marker:
        raise NotARequirementError("an extra has no name")
    terms = [f"({marker})"] if marker else []
    terms += [f'extra == "{canonicalize_name(extra)}"'] if extra else []
    whole = " and ".join(terms) or None
    try:
        return [with_marker(text, whole) for text in texts]
    except ValueError as error:
        raise NotARequirementError(f"{key!r} is not the name of an extra") from error


def names_of_extras(extras: Fact[Extras]) -> Fact[tuple[str, ...]]:
    """The normalised names of the extras."""
    if isinstance(extras, NotProvable):
        return extras
    names = (key.partition(":")[0].strip() for key in extras.value)
    return Known(tuple(dict.fromkeys(canonicalize_name(name) for name in names if name)), extras.source)
