"""The requirements of packages, read from the log of uv's resolver.

uv's lock output has no edges; its resolver logs every requirement that it takes up, with markers and extras evaluated.
The form of these lines is not an API: tests hold it against the range of uv versions that Interlock depends on.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from interlock.core.offline import is_offline
from interlock.resolve.uv.ranges import specifiers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_RESOLVER, _CLIENT = "uv_resolver=debug", "uv_client=debug"

_LEVELS = ("TRACE ", "DEBUG ", "INFO ", "WARN ")
_SEARCHING = "DEBUG Searching for a compatible version of "
_SELECTED = re.compile(r"DEBUG Selecting: (?P<name>[^=\s]+)==(?P<version>\S+) ")
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
    package and version that was considered, those of extras included, ``under`` the same for each extra (none: ``""``).
    ``versions`` are those of a package that had a requirement.
    """

    roots: dict[NormalizedName, set[str]] = field(default_factory=lambda: defaultdict(set))
    requires: dict[Node, list[Requirement]] = field(default_factory=lambda: defaultdict(list))
    under: dict[Node, dict[str, list[Requirement]]] = field(default_factory=lambda: defaultdict(dict))
    versions: dict[NormalizedName, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def names(self) -> frozenset[NormalizedName]:
        """Every name that was required."""
        required = (entry.name for entries in self.requires.values() for entry in entries)
        return frozenset(self.roots) | frozenset(map(canonicalize_name, required))

    def asked(self, node: Node, extras: Iterable[str]) -> list[Requirement]:
        """The requirements of a version with these extras alone: the resolver may have given up others."""
        known = self.under[node]
        return [entry for extra in ("", *sorted(set(map(canonicalize_name, extras)))) for entry in known.get(extra, ())]


def log_filter() -> str:
    """The value of RUST_LOG that makes uv print what is read here, and with the network switched off, what it lacks."""
    return f"{_RESOLVER},{_CLIENT}" if is_offline() else _RESOLVER


def selected(line: str) -> str | None:
    """The package and version that uv tries next, if a line of its log says so."""
    match = _SELECTED.match(line)
    return f"{match['name']} {match['version']}" if match else None


def read_edges(log: str, constraints: Iterable[Limit]) -> Edges:
    """The edges in uv's log; ``constraints`` are those of the resolution, which uv logs like requirements."""
    limits: dict[NormalizedName, set[frozenset[str]]] = defaultdict(set)
    for name, clauses in constraints:
        limits[name].add(clauses)
    edges = Edges()
    # A package that many others require is taken up again and again, always in the same words.
    read: set[tuple[str, str]] = set()
    taken_up = ("", "")
    for line in log.splitlines():
        if line.startswith(_SEARCHING):
            taken_up = _taken_up(line)
        match = _EDGE.fullmatch(line)
        if match is None:
            continue
        parent = canonicalize_name((match["parent"] or "").partition("[")[0])
        # uv says of an extra what it says of the package; which one it is was said before.
        extra = taken_up[1] if taken_up[0] == parent else ""
        requirement = None if (line, extra) in read else _requirement(match["to"])
        read.add((line, extra))
        if requirement is None:
            continue
        name = canonicalize_name(requirement.name)
        if match["parent"] is None:
            edges.roots[name] |= requirement.extras
        elif parent != name:  # else it is how uv ties a package to its extras
            node = parent, match["version"]
            edges.versions[parent].append(match["version"])
            _add(edges.under[node].setdefault(extra, []), requirement, limits)
            _add(edges.requires[node], requirement, limits)
    return edges


def messages(log: str) -> list[str]:
    """What uv says to the user, without the lines of its log."""
    return [line for line in log.splitlines() if not line.startswith(_LEVELS)]


def _taken_up(line: str) -> tuple[str, str]:
    """The name of the package, and of its extra, if it is one, that the resolver takes up next."""
    package = line.removeprefix(_SEARCHING).split(" ", 1)[0]
    extra = _EXTRA.search(package)
    name = re.split(r"[\[{]", package, maxsplit=1)[0]
    return canonicalize_name(name), canonicalize_name(extra[1]) if extra else ""


# Questions of one solve are mostly about the same packages.
@lru_cache(maxsize=4096)
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
    same_name = [(place, entry) for place, entry in enumerate(known) if entry.name == new.name]
    for place, entry in same_name:
        if entry.specifier == new.specifier:
            if not new.extras <= entry.extras:
                extras = ",".join(sorted(entry.extras | new.extras))
                known[place] = Requirement(f"{entry.name}[{extras}]{entry.specifier}")
            return
    # uv logs what the package declares first and the constraints on the same name after it.
    if same_name and frozenset(map(str, new.specifier)) in limits.get(canonicalize_name(new.name), set()):
        return
    known.append(new)
