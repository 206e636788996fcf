"""Version ranges as uv's log prints them, turned back into PEP 440 specifiers.

uv works on sets of versions and prints those: ``>=1, <1.3 | >=1.3+, <2`` for ``>=1,!=1.3,<2``. A ``+`` after a version
stands for the end of its local versions, ``.dev0`` for the first of its development releases.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

_COMPARISON = re.compile(r"(==|>=|<=|>|<)(\S+)")
_FIRST_DEV = ".dev0"


class _Segment:
    """One contiguous part of a range; a bound is an operator and a version, or ``None`` where it is open."""

    def __init__(self, text: str) -> None:
        self.lower: tuple[str, str] | None = None
        self.upper: tuple[str, str] | None = None
        self.exact: str | None = None
        for part in text.split(","):
            match = _COMPARISON.fullmatch(part.strip())
            if match is None:
                raise ValueError(f"not a range of versions: {text!r}")
            operator, version = match.groups()
            if operator == "==":
                self.exact = version
            elif operator.startswith(">"):
                self.lower = (operator, version)
            else:
                self.upper = (operator, version)


def specifiers(text: str) -> str:
    """PEP 440 specifiers for a range that uv printed, comma-separated; empty for every version.

    A gap that PEP 440 cannot say is left out, so the result may allow more than the range. Raises :class:`ValueError`
    for text that is not a range.
    """
    text = text.strip()
    if text in ("", "*"):
        return ""
    segments = [_Segment(part) for part in text.split("|")]
    first, last = segments[0], segments[-1]
    if len(segments) == 1:
        return ",".join(_contiguous(first))
    gaps = [_gap(before, after) for before, after in pairwise(segments)]
    return ",".join([*_lower(first), *_upper(last), *(gap for gap in gaps if gap)])


def canonical(specifier: SpecifierSet) -> frozenset[str]:
    """The clauses of a specifier set in the form that :func:`specifiers` gives them."""
    clauses: set[str] = set()
    for clause in specifier:
        if clause.operator == "~=":
            clauses |= {f">={clause.version}", f"<{_next(clause.version.rpartition('.')[0])}"}
        else:
            clauses.add(f"{clause.operator}{clause.version}")
    return frozenset(clauses)


def _contiguous(segment: _Segment) -> list[str]:
    if segment.exact is not None:
        return [f"=={segment.exact}"]
    if segment.lower and segment.upper:
        (above, low), (below, high) = segment.lower, segment.upper
        if above == ">=" and high == f"{low}+":
            return [f"=={low}"]
        if (above, below) == (">=", "<") and _is_release_family(low, high):
            return [f"=={low.removesuffix(_FIRST_DEV)}.*"]
    return [*_lower(segment), *_upper(segment)]


def _lower(segment: _Segment) -> list[str]:
    if segment.lower is None:
        return []
    operator, version = segment.lower
    return [f">{version[:-1]}"] if version.endswith("+") else [f"{operator}{version}"]


def _upper(segment: _Segment) -> list[str]:
    if segment.upper is None:
        return []
    operator, version = segment.upper
    if version.endswith("+"):
        return [f"<={version[:-1]}"]
    # An upper bound excludes the pre-releases of its version by itself (PEP 440, "exclusive ordered comparison").
    return [f"{operator}{version.removesuffix(_FIRST_DEV)}"]


def _gap(before: _Segment, after: _Segment) -> str | None:
    if before.upper is None or after.lower is None:
        return None
    below, above = before.upper[1], after.lower[1]
    if above.removesuffix("+") == below:
        return f"!={below}"
    if _is_release_family(below, above):
        return f"!={below.removesuffix(_FIRST_DEV)}.*"
    return None


def _is_release_family(start: str, end: str) -> bool:
    """Whether the versions from ``start`` up to ``end`` are those of ``X.*``."""
    if not (start.endswith(_FIRST_DEV) and end.endswith(_FIRST_DEV)):
        return False
    return _next(start.removesuffix(_FIRST_DEV)) == end.removesuffix(_FIRST_DEV)


def _next(release: str) -> str:
    head, last = re.fullmatch(r"(.*?)(\d+)", release).groups()  # type: ignore[union-attr]  # ends in a number
    return f"{head}{int(last) + 1}"
