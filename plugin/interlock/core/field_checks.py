"""What the texts of packages may be, wherever they come from: a lock, a channel, an index, uv's answer.

Names, versions and file names become parts of paths, hashes folders of a cache, commits arguments of git.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import fields
from functools import cache, lru_cache
from typing import Any, cast

from interlock.core.inside import is_file_name, leads_out
from interlock.core.pep508 import check_requirement
from interlock.core.urls import check_address, scheme_of
from interlock_hooks.types import (
    Artifact,
    BuildRequirement,
    CondaRecord,
    CondaSource,
    Metadata,
    PrebuiltWheel,
    ProvidedDistribution,
    PyPIPackage,
)

_NORMAL_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DIGEST = re.compile(r"[0-9a-fA-F]+")
_COMMIT = re.compile(r"[0-9a-fA-F]{7,64}")
_PLAIN = re.compile(r"[A-Za-z0-9_.+-]+")
_ANY_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\0]+")
_SCHEMES = frozenset({"http", "https", "ssh", "git", "file", "git+http", "git+https", "git+ssh", "git+git", "git+file"})


def check_field(kind: type, field: str, value: object) -> None:
    """Raise :class:`ValueError` with the reason if a field of that type holds what it cannot hold."""
    check = _CHECKS.get((kind, field))
    if check is None or value is None:
        return
    for text in value if isinstance(value, tuple) else (value,):
        check(str(text))


def check_fields_of(instance: Any) -> None:
    """Raise :class:`ValueError` with field and reason if a package, record or artifact holds what it cannot hold."""
    field, kind = "", cast("Any", type(instance))
    try:
        for field, check in _checks_of(kind):
            value = getattr(instance, field)
            if isinstance(value, str):
                check(value)
            elif value is not None:
                check_field(kind, field, value)
    except ValueError as error:
        raise ValueError(f"its {field.replace('_', ' ')}: {error}") from None


@cache
def _checks_of(kind: Any) -> tuple[tuple[str, Callable[[str], None]], ...]:
    """The checks of the fields of a type that cannot hold everything; most can."""
    return tuple((each.name, _CHECKS[kind, each.name]) for each in fields(kind) if (kind, each.name) in _CHECKS)


def _check_requirement(text: str) -> None:
    try:
        check_requirement(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a valid requirement: {error}") from None


def _check_address(text: str) -> None:
    folder, slash, name = text.rpartition("/")
    # Thousands of packages have their address in common, up to a name in which nothing has a meaning.
    if problem := _problem_of_address(f"{folder}/x" if slash and _PLAIN.fullmatch(name) else text):
        raise ValueError(f"{text!r} is not an address: {problem}")


@lru_cache(maxsize=1000)
def _problem_of_address(text: str) -> str:
    try:
        check_address(text)
    except ValueError as error:
        return str(error)
    return "" if scheme_of(text) in _SCHEMES else f"it does not begin with one of {', '.join(sorted(_SCHEMES))}"


def _check_any_address(text: str) -> None:
    """For what is fetched by a library that knows many kinds of addresses, and compared with its hash."""
    if not _ANY_ADDRESS.fullmatch(text):
        raise ValueError(f"{text!r} is not an address")


def _check_file_name(text: str) -> None:
    if not is_file_name(text):
        raise ValueError(f"{text!r} cannot be part of the name of a file")


def _check_place(text: str) -> None:
    if leads_out(text) and text != ".":
        raise ValueError(f"{text!r} leads out of the folder that it is in")


def _check_name(text: str) -> None:
    if not _NORMAL_NAME.fullmatch(text):
        raise ValueError(f"{text!r} is not the normal form of a package name")


def _check_commit(text: str) -> None:
    if not _COMMIT.fullmatch(text):
        raise ValueError(f"{text!r} is not the hash of a commit")


def _check_digest(text: str) -> None:
    if not _DIGEST.fullmatch(text):
        raise ValueError(f"{text!r} is not a hash in hexadecimal digits")


def _of(
    kind: type, names: Iterable[str], check: Callable[[str], None]
) -> dict[tuple[type, str], Callable[[str], None]]:
    return {(kind, name): check for name in names}


_CHECKS: dict[tuple[type, str], Callable[[str], None]] = {
    **_of(CondaRecord, ("name", "version", "build", "subdir", "file_name"), _check_file_name),
    **_of(CondaRecord, ("url",), _check_address),
    **_of(CondaRecord, ("sha256",), _check_digest),
    **_of(CondaRecord, ("md5",), _check_digest),
    **_of(CondaRecord, ("python_site_packages_path",), _check_place),
    **_of(CondaSource, ("recipe",), _check_place),
    **_of(PyPIPackage, ("name",), _check_name),
    **_of(PyPIPackage, ("version",), _check_file_name),
    **_of(PyPIPackage, ("requires",), _check_requirement),
    **_of(ProvidedDistribution, ("name",), _check_name),
    **_of(ProvidedDistribution, ("requires",), _check_requirement),
    **_of(Metadata, ("name",), _check_name),
    **_of(BuildRequirement, ("requirement",), _check_requirement),
    **_of(Artifact, ("url",), _check_address),
    **_of(PrebuiltWheel, ("url",), _check_any_address),
    **_of(PrebuiltWheel, ("filename",), _check_file_name),
    **_of(PrebuiltWheel, ("sha256",), _check_digest),
    **_of(Artifact, ("filename",), _check_file_name),
    **_of(Artifact, ("sha256",), _check_digest),
    **_of(Artifact, ("commit",), _check_commit),
    **_of(Artifact, ("subdirectory",), _check_place),
}
