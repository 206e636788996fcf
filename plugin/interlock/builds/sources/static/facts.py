"""What is known of a project's metadata, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T", covariant=True)


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """A value that the source proves; ``source`` says where: ``setup.py:34``, ``pyproject.toml [project]``."""

    value: T
    source: str


@dataclass(frozen=True, slots=True)
class NotProvable:
    """A value that only the build backend can tell; ``reason`` says why, as a clause."""

    reason: str


Fact = Known[T] | NotProvable


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticMetadata:
    """The metadata that resolving needs (PEP 643), each field with its source or the reason why it is not provable.

    ``requires_dist`` is PEP 508 text with markers, those of extras among them; ``extras`` are normalised names.
    ``requires_python`` is ``None`` where the project is known to declare no limit.
    """

    name: Fact[str]
    version: Fact[str]
    requires_python: Fact[str | None]
    requires_dist: Fact[tuple[str, ...]]
    extras: Fact[tuple[str, ...]]

    @property
    def obstacle(self) -> str | None:
        """Why the requirements are not provable; ``None`` if they are.

        Name and version are not needed: whoever selected an sdist knows them.
        """
        for fact in (self.requires_dist, self.extras, self.requires_python):
            if isinstance(fact, NotProvable):
                return fact.reason
        return None


def nothing_known(reason: str) -> StaticMetadata:
    """Metadata of which nothing is provable, for one reason."""
    fact = NotProvable(reason)
    return StaticMetadata(name=fact, version=fact, requires_python=fact, requires_dist=fact, extras=fact)
