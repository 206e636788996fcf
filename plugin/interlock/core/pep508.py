"""Requirements and version specifiers as text (PEP 508, PEP 440): plain ones are recognised without packaging."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from packaging.markers import Marker
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName

_T = TypeVar("_T")

# A marker that holds nowhere: of an override that only takes requirements away.
NEVER = 'sys_platform == "never"'
# Importing packaging.requirements costs more than reading a whole manifest; most requirements are as plain as this.
NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
# What packaging takes for a blank inside of a requirement: no other white space.
_BLANKS = r"[ \t]*"
# PEP 440's finer rules (wildcards only after == and !=, two segments for ~=) and other versions are left to packaging.
_CLAUSE = rf"(?:(?:==|!=|<=|>=|<|>){_BLANKS}[0-9]+(?:\.[0-9]+)*)"
_SPECIFIERS = re.compile(rf"\s*{_CLAUSE}(?:\s*,\s*{_CLAUSE})*\s*\Z")
_REQUIREMENT = re.compile(
    rf"{_BLANKS}(?P<name>{NAME}){_BLANKS}"
    rf"(?:\[{_BLANKS}(?P<extras>{NAME}(?:{_BLANKS},{_BLANKS}{NAME})*){_BLANKS}\])?"
    rf"{_BLANKS}(?P<specifiers>{_CLAUSE}(?:{_BLANKS},{_BLANKS}{_CLAUSE})*)?{_BLANKS}\Z"
)
# Wildcards that metadata of years ago has where they mean nothing.
_NEEDLESS_STAR = re.compile(r"((?:>=|<=|~=|>|<)\s*[0-9]+(?:\.[0-9]+)*)\.\*")
_TRAILING_COMMA = re.compile(r",\s*\Z")
# Python reads numbers of 4,300 digits at most, and packaging reads them only when it compares versions.
_ENDLESS = re.compile(r"[0-9]{1000}")


def url_in(text: str) -> str:
    """The URL that a requirement names, empty if it names none; nothing is imported for it."""
    return text.partition("@")[2].split(" ;")[0].strip()


def name_in(text: str) -> str:
    """The name that a requirement begins with, empty if it begins with none."""
    found = re.match(rf"{_BLANKS}({NAME})", text)
    return found[1] if found else ""


@cache
def required_name(text: str) -> NormalizedName:
    """The normalised name of the distribution that a valid requirement asks for; nothing else of it is read."""
    from packaging.utils import canonicalize_name

    return canonicalize_name(name_in(text))


def plain_requirement(text: str) -> re.Match[str] | None:
    """The groups ``name``, ``extras`` and ``specifiers`` of a requirement without anything special, else ``None``."""
    found = _REQUIREMENT.match(text)
    return found if found and not _ENDLESS.search(found["specifiers"] or "") else None


def are_plain_specifiers(text: str) -> bool:
    """Whether a text consists of version specifiers without anything special, and is valid therefore."""
    return bool(_SPECIFIERS.match(text)) and not _ENDLESS.search(text)


def parse_requirement(text: str) -> Requirement:
    """The requirement in a text. Raises :class:`ValueError` with the reason, in one line, if it is not valid."""
    from packaging.requirements import Requirement

    found = _parsed(Requirement, text)
    # packaging takes an underscore at the end of a name, whose normal form it refuses then.
    if not re.fullmatch(NAME, found.name):
        raise ValueError(f"{found.name!r} is not a name: those end with a letter or a digit")
    return found


def parse_marker(text: str) -> Marker:
    """The environment marker in a text. Raises :class:`ValueError` like :func:`parse_requirement`."""
    from packaging.markers import Marker

    return _parsed(Marker, text)


def parse_specifiers(text: str) -> SpecifierSet:
    """The version specifiers in a text. Raises :class:`ValueError` like :func:`parse_requirement`."""
    from packaging.specifiers import SpecifierSet

    return _parsed(SpecifierSet, text)


def check_requirement(text: str) -> None:
    """Raise :class:`ValueError` with the reason if a text is not a requirement."""
    if plain_requirement(text) is None:
        parse_requirement(text)


def mended_requirement(text: str) -> str:
    """A requirement of metadata as it was meant, where older tools wrote what PEP 440 does not allow.

    ``a>=1.0.*`` means ``a>=1.0``. What cannot be mended stays.
    """
    return _mended(check_requirement, text) or text


def mended_specifiers(text: str) -> str | None:
    """Version specifiers of metadata as they were meant; ``None`` for what cannot be mended."""
    return _mended(parse_specifiers, text)


def _mended(check: Callable[[str], object], text: str) -> str | None:
    for candidate in (_TRAILING_COMMA.sub("", _NEEDLESS_STAR.sub(r"\1", text)), text):
        with suppress(ValueError):
            check(candidate)
            return candidate
    return None


def _parsed(read: Callable[[str], _T], text: str) -> _T:
    if _ENDLESS.search(text):
        raise ValueError("a number in it is too long")
    try:
        return read(text)
    except RecursionError:
        raise ValueError("its parentheses are nested too deeply") from None
    # The exceptions of packaging are ValueErrors, and show the whole text below the reason.
    except ValueError as error:
        raise ValueError(str(error).splitlines()[0]) from None
