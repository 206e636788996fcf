"""Which fields of a lock hold requirements: every command reads them, so the lock is damaged if one is not valid."""

from __future__ import annotations

from interlock.core.pep508 import check_requirement
from interlock_hooks.types import BuildRequirement, ProvidedDistribution, PyPIPackage

_FIELDS = frozenset(
    {
        (BuildRequirement, "requirement"),
        (ProvidedDistribution, "requires"),
        (PyPIPackage, "requires"),
    }
)


def check_requirements(kind: type, field: str, value: object) -> None:
    """Raise :class:`ValueError` with the reason if the field of that type holds something other than a requirement."""
    if (kind, field) in _FIELDS:
        for text in value if isinstance(value, tuple) else (value,):
            _check(str(text))


def _check(text: str) -> None:
    try:
        check_requirement(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a valid requirement: {error}") from None
