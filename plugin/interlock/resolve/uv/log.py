"""The requirements of packages, read from the log of uv's resolver.

uv's lock output has no edges; its resolver logs every requirement that it takes up, with markers and extras evaluated.
The form of these lines is not an API: tests hold it against the range of uv versions that Interlock depends on.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from interlock.resolve.uv.ranges import specifiers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The value of RUST_LOG that makes uv print what is read here.
LOG_FILTER = "uv_resolver=debug"

_LEVELS = ("TRACE ", "DEBUG ", "INFO ")
_EDGE = re.compile(
    r"DEBUG Adding (?:direct dependency|transitive dependency for (?P<parent>[^\s=]+)==(?P<version>\S+)): (?P<to>.+)"
)
_DEPENDENCY = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?P<parts>(?:\[[^\]]*\]|\{[^}]*\})*)(?P<range>.*)")
_EXTRA = re.compile(r"\[([^\]]*)\]")

Node = tuple[NormalizedName, str]
# A constraint on a name: its clauses, as `ranges.canonical` has them.
Limit = tuple[NormalizedName, frozenset[str]]


@dataclass(slots=True)
class Edges:
    """The requirements that the resolver took up.

    ``roots`` are the names that were asked for, each with its extras; ``requires`` holds the requirements of each
    package and version that was considered; ``versions`` every version of a package that had a requirement.
    """

    roots: dict[NormalizedName, set[str]] = field(default_factory=lambda: defaultdict(set))
    requires: dict[Node, list[Requirement]] = field(default_factory=lambda: defaultdict(list))
    versions: dict[NormalizedName, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def names(self) -> frozenset[NormalizedName]:
        """Every name that was required."""
        required = (entry.name for entries in self.requires.values() for entry in entries)
        return frozenset(self.roots) | frozenset(map(canonicalize_name, required))


def read_edges(log: str, constraints: Iterable[Limit]) -> Edges:
    """The edges in uv's log; ``constraints`` are those of the resolution, which uv logs like requirements."""
    limits: dict[NormalizedName, set[frozenset[str]]] = defaultdict(set)
    for name, clauses in constraints:
        limits[name].add(clauses)
    edges = Edges()
    # A package that many others require is taken up again and again, always in the same words.
    for line in dict.fromkeys(log.splitlines()):
        match = _EDGE.fullmatch(line)
        requirement = _requirement(match["to"]) if match else None
        if match is None or requirement is None:
            continue
        name = canonicalize_name(requirement.name)
        if match["parent"] is None:
            edges.roots[name] |= requirement.extras
            continue
        parent = canonicalize_name(match["parent"].partition("[")[0])
        if parent == name:  # how uv ties a package to its extras
            continue
        edges.versions[parent].append(match["version"])
        _add(edges.requires[parent, match["version"]], requirement, limits)
    return edges


def messages(log: str) -> list[str]:
    """What uv says to the user, without the lines of its log."""
    return [line for line in log.splitlines() if not line.startswith(_LEVELS)]


def _requirement(text: str) -> Requirement | None:
    match = _DEPENDENCY.fullmatch(text)
    if match is None:
        return None
    extras = ",".join(sorted(_EXTRA.findall(match["parts"])))
    try:
        return Requirement(f"{match['name']}{f'[{extras}]' if extras else ''}{specifiers(match['range'])}")
    except ValueError:
        return None


def _add(known: list[Requirement], new: Requirement, limits: Mapping[NormalizedName, set[frozenset[str]]]) -> None:
    """Add a requirement, unless it only repeats a constraint; extras of one requirement arrive one by one."""
    same_name = [entry for entry in known if entry.name == new.name]
    for entry in same_name:
        if entry.specifier == new.specifier:
            entry.extras |= new.extras
            return
    # uv logs what the package declares first and the constraints on the same name after it.
    if same_name and frozenset(map(str, new.specifier)) in limits.get(canonicalize_name(new.name), set()):
        return
    known.append(new)
