"""Version ranges that admit a version, written in the way of the range that they replace."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.version import Version

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

_SERIES = re.compile(r"(?P<operator>==?)?(?P<release>\d+(?:\.\d+)*)\.\*")
_FUZZY = re.compile(r"=(?P<release>\d+(?:\.\d+)*)")
_EXACT = re.compile(r"(?P<operator>={2,3})?\d[^,|*]*")
_COMPATIBLE = re.compile(r"~=\s*(?P<release>\d+(?:\.\d+)+)")


def span(old: str, version: str) -> str:
    """A range around ``version``: a series stays a series, an exact version an exact one, anything else is closed.

    ``>=2`` becomes ``>=1.26,<2`` for 1.26.4, the form in which pixi adds packages; ``3.13.*`` becomes ``3.12.*``.
    """
    try:
        parsed = Version(version)
    except ValueError:
        # A version that only conda understands, such as 1.0.2p: its series.
        found = re.match(r"\d+(\.\d+)?", version)
        return f"{found[0]}.*" if found else f"=={version}"
    release = [*map(str, parsed.release), "0", "0", "0"]
    if match := _SERIES.fullmatch(old):
        return f"{match['operator'] or ''}{_first(release, match['release'])}.*"
    if match := _FUZZY.fullmatch(old):
        return f"={_first(release, match['release'])}"
    if match := _EXACT.fullmatch(old):
        return f"{match['operator'] or ''}{version}"
    if match := _COMPATIBLE.fullmatch(old):
        return f"~={_first(release, match['release'])}"
    return f">={_lower(parsed)},<{_next(parsed)}"


def clauses(specifiers: SpecifierSet) -> str:
    """A PEP 440 specifier set with lower bounds first, as people write it."""
    return ",".join(sorted(map(str, specifiers), key=lambda clause: (clause[0] in "<!", clause)))


def _first(release: list[str], like: str) -> str:
    return ".".join(release[: like.count(".") + 1])


def _lower(version: Version) -> str:
    return version.public if version.is_prerelease else _epoch(version) + ".".join(map(str, version.release[:2]))


def _next(version: Version) -> str:
    major, minor = [*version.release, 0][:2]
    return _epoch(version) + (str(major + 1) if major else f"0.{minor + 1}")


def _epoch(version: Version) -> str:
    return f"{version.epoch}!" if version.epoch else ""
