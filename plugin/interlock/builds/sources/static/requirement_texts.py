"""Requirements as setuptools reads them from text: one a line, with comments and continued lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from packaging.requirements import InvalidRequirement, Requirement

from interlock.builds.sources.static.setup_py.files import ROOT


class NotARequirementError(ValueError):
    """A text is not a requirement that holds wherever it is read (PEP 508)."""


def read_requirements(given: object) -> tuple[str, ...]:
    """The requirements in what ``install_requires`` and the like are given: text, or lists of it.

    Raises :class:`NotARequirementError`.
    """
    return tuple(map(_checked, _joined(_lines(given))))


def _lines(given: object) -> Iterator[str]:
    """The lines with something to read (``jaraco.text.yield_lines``, which setuptools uses)."""
    if isinstance(given, str):
        stripped = (line.strip() for line in given.splitlines())
        yield from (line for line in stripped if line and not line.startswith("#"))
    elif isinstance(given, (list, tuple, set)):
        yield from chain.from_iterable(map(_lines, given))
    else:
        raise NotARequirementError(f"{given!r} is not a requirement")


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """The lines without comments; one that ends with a backslash goes on in the next one."""
    begun = ""
    for line in lines:
        text = begun + line.partition(" #")[0].strip()
        if text.endswith("\\"):
            begun = text[:-1].strip()
            continue
        begun = ""
        yield text
    if begun:
        raise NotARequirementError("a requirement is continued after the last line")


def _checked(text: str) -> str:
    if ROOT in text:
        raise NotARequirementError(f"{text!r} depends on where the source is")
    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        raise NotARequirementError(f"{text!r} is not a valid requirement") from error
    if requirement.url is not None and requirement.url.startswith("file:"):
        raise NotARequirementError(f"{text!r} is on the machine that builds")
    return str(requirement)


def with_marker(text: str, marker: str | None) -> str:
    """A requirement that holds only where a marker does as well."""
    if marker is None:
        return text
    requirement = Requirement(text)
    own = requirement.marker
    requirement.marker = None
    both = marker if own is None else f"({own}) and ({marker})"
    return str(Requirement(f"{requirement} ; {both}"))
