"""The ``[project]`` table of a pyproject.toml (PEP 621)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from interlock.builds.sources.static.facts import Known, NotProvable
from interlock.builds.sources.static.requirement_texts import NotARequirementError, read_requirements
from interlock.core.shapes import texts_in

if TYPE_CHECKING:
    from interlock.builds.sources.static.declared import Extras

_SOURCE = "pyproject.toml [project]"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectTable:
    """What ``[project]`` declares; fields that it does not have are ``None``, those in ``dynamic`` among them."""

    name: Known[str]
    version: Known[str] | None
    requires_python: Known[str] | None
    install: Known[tuple[str, ...]] | None
    extras: Known[Extras] | None
    dynamic: frozenset[str]

    @classmethod
    def of(cls, tables: dict[str, Any]) -> ProjectTable | NotProvable | None:
        """The table of a document; ``None`` if it has none."""
        table = tables.get("project")
        if table is None:
            return None
        try:
            return cls._read(table)
        except (NotARequirementError, AttributeError, TypeError, KeyError) as error:
            return NotProvable(f"[project] is not valid: {error}")

    @classmethod
    def _read(cls, table: dict[str, Any]) -> ProjectTable:
        dynamic = frozenset(texts_in(table.get("dynamic")))
        both = sorted(dynamic & table.keys())
        if both:
            raise TypeError(f"{both[0]} is there and dynamic")
        extras = table.get("optional-dependencies")
        optional = None if extras is None else {key: _texts(value) for key, value in extras.items()}
        install = table.get("dependencies")
        return cls(
            name=Known(_text(table["name"]), _SOURCE),
            version=_known(table.get("version")),
            requires_python=_known(table.get("requires-python")),
            install=None if install is None else Known(_texts(install), _SOURCE),
            extras=None if optional is None else Known(optional, _SOURCE),
            dynamic=dynamic,
        )


def _known(value: Any) -> Known[str] | None:
    return None if value is None else Known(_text(value), _SOURCE)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(texts_in(value)) != len(value):
        raise TypeError("dependencies are not a list of texts")
    if any("{" in text for text in value):
        # hatchling fills in the place of the source.
        raise NotARequirementError("a dependency has a part that the backend fills in")
    return tuple(text for each in value for text in read_requirements([each]))
