"""Which fields of a lock hold requirements and addresses: it is damaged if one is not valid, for every command."""

from __future__ import annotations

from interlock.core.pep508 import check_requirement
from interlock.core.urls import check_address
from interlock_hooks.types import BuildRequirement, CondaRecord, ProvidedDistribution, PyPIPackage

_REQUIREMENTS = frozenset(
    {
        (BuildRequirement, "requirement"),
        (ProvidedDistribution, "requires"),
        (PyPIPackage, "requires"),
    }
)
_ADDRESSES = frozenset({(CondaRecord, "url")})


def check_field(kind: type, field: str, value: object) -> None:
    """Raise :class:`ValueError` with the reason if a field of that type holds what it cannot hold."""
    if (kind, field) in _REQUIREMENTS:
        for text in value if isinstance(value, tuple) else (value,):
            _check_requirement(str(text))
    elif (kind, field) in _ADDRESSES:
        _check_address(str(value))


def _check_requirement(text: str) -> None:
    try:
        check_requirement(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a valid requirement: {error}") from None


def _check_address(text: str) -> None:
    try:
        check_address(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not an address: {error}") from None
