"""Lists of packages; an install records the one of its prefix, so that `env list` need not read every package.

The record holds until something changes, see :mod:`interlock.install.fresh`. Little is imported, as for a no-op.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

PackageKind = Literal["conda", "pypi", "built"]


class ListedPackage(NamedTuple):
    """A package as it is listed. ``kind`` is ``conda``, ``pypi`` or ``built``; ``source`` a channel, index or mode."""

    name: str
    version: str
    kind: PackageKind
    source: str


def listing_record(listed: Iterable[ListedPackage]) -> list[dict[str, str]]:
    """A list as JSON."""
    return [package._asdict() for package in listed]


def listed_in(record: object) -> tuple[ListedPackage, ...] | None:
    """The list in a record; ``None`` if it is none: it may be damaged, or from an older release."""
    if not isinstance(record, list) or not all(map(_is_package, record)):
        return None
    return tuple(ListedPackage(**package) for package in record)


def _is_package(data: Any) -> bool:
    return isinstance(data, dict) and data.keys() == set(ListedPackage._fields) and _are_texts(data.values())


def _are_texts(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)
