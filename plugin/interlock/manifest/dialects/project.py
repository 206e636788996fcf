"""The standard part of ``pyproject.toml``: ``[project]`` (PEP 621) and ``[dependency-groups]`` (PEP 735)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName, canonicalize_name

from interlock.manifest import codes
from interlock.manifest.dialects.uv_groups import DEV
from interlock.manifest.dialects.uv_sources import Sources, sourced
from interlock.manifest.report import nearest
from interlock.manifest.requirements import Parsed, Scope, read_requirement, read_specifiers
from interlock_hooks.types.findings import Location

if TYPE_CHECKING:
    from interlock.manifest.table import Table
    from interlock_hooks.types.requirements import Requirement

_METADATA = (
    *("description", "readme", "license", "license-files", "authors", "maintainers", "keywords"),
    *("classifiers", "urls", "scripts", "gui-scripts", "entry-points", "dynamic", "import-names", "import-namespaces"),
)
# Each requirement with its place, and the extra or group that lists it.
_Listed = list[tuple[Parsed, Location, "Scope | None"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What the project asks for. ``features`` are extras and dependency groups by name, ``groups`` those names."""

    name: str | None = None
    version: str | None = None
    requires_python: str | None = None
    requires_python_where: Location | None = None
    requirements: tuple[Requirement, ...] = ()
    features: Mapping[str, tuple[Requirement, ...]] = field(default_factory=dict)
    groups: tuple[str, ...] = ()

    @property
    def names(self) -> set[NormalizedName]:
        """The packages that the project, its extras and its groups list."""
        return {each.name for listed in (self.requirements, *self.features.values()) for each in listed}


def read_project(
    project: Table | None,
    groups: Table | None,
    sources: Sources,
    dev: Sequence[tuple[Parsed, Location]],
) -> Project:
    """Read both tables; requirements come from where uv's sources say.

    ``dev`` is what uv's older ``dev-dependencies`` add to the group of that name.
    """
    name, version = (project.string("name"), project.string("version")) if project else (None, None)
    python = project.string("requires-python") if project else None
    base = _listed(project, "dependencies") if project else []
    own = canonicalize_name(name) if name else None
    extras = _extras(project, own) if project else {}
    expanded = _with_dev(_Groups(groups, own, extras).expanded() if groups else {}, dev)
    # pixi knows one feature of a name, and takes the group.
    features = extras | expanded
    requires_python = None
    if project:
        requires_python = (read_specifiers(project, python, "requires-python") or None) if python else None
        project.ignore(*_METADATA)
        project.close()
    return Project(
        name=name,
        version=version,
        requires_python=requires_python,
        requires_python_where=project.where("requires-python") if project and requires_python else None,
        requirements=_sourced(base, sources),
        features={feature: _sourced(listed, sources) for feature, listed in features.items()},
        groups=tuple(expanded),
    )


def _with_dev(groups: dict[str, _Listed], dev: Sequence[tuple[Parsed, Location]]) -> dict[str, _Listed]:
    if not dev:
        return groups
    name = next((name for name in groups if canonicalize_name(name) == DEV), DEV)
    return groups | {name: [*groups.get(name, []), *((parsed, where, ("group", DEV)) for parsed, where in dev)]}


def _sourced(listed: _Listed, sources: Sources) -> tuple[Requirement, ...]:
    return tuple(
        requirement for parsed, where, scope in listed for requirement in sourced(parsed, sources, where, scope)
    )


def _listed(table: Table, key: str, scope: Scope | None = None) -> _Listed:
    found = []
    for index, text in table.numbered_strings(key):
        parsed = read_requirement(table, text, key, index)
        if parsed:
            found.append((parsed, table.where(key, index), scope))
    return found


def _extras(project: Table, own: NormalizedName | None) -> dict[str, _Listed]:
    table = project.table("optional-dependencies")
    if table is None:
        return {}
    declared = {extra: _listed(table, extra, ("extra", canonicalize_name(extra))) for extra in table.entries()}
    return {extra: _without_self(declared, extra, own, table) for extra in declared}


def _without_self(declared: Mapping[str, _Listed], extra: str, own: NormalizedName | None, table: Table) -> _Listed:
    """An extra's requirements, with ``project[other]`` replaced by what that extra lists."""
    known: dict[str, str] = {canonicalize_name(name): name for name in declared}
    found: _Listed = []
    seen: set[str] = set()
    pending = [extra]
    while pending:
        current = pending.pop(0)
        if current in seen:
            continue
        seen.add(current)
        for parsed, where, scope in declared[current]:
            if parsed.name != own or not parsed.extras:
                found.append((parsed, where, scope))
                continue
            unknown = [name for name in parsed.extras if name not in known]
            if unknown:
                what = f"{own} does not declare the extra {unknown[0]!r}"
                table.report.error(codes.UNKNOWN_FEATURE, what, where, absent=[(*table.path, unknown[0])])
            pending.extend(known[name] for name in parsed.extras if name in known)
    return found


class _Groups:
    """Dependency groups with their includes resolved; names are compared in normal form, as PEP 735 asks."""

    def __init__(self, table: Table, own: NormalizedName | None, extras: Mapping[str, _Listed]) -> None:
        self.table = table
        self.own = own
        self.extras = {canonicalize_name(extra): listed for extra, listed in extras.items()}
        self.names: dict[str, str] = {}
        self.cycles: set[frozenset[str]] = set()
        for name in table.entries():
            if canonicalize_name(name) in self.names:
                table.error(codes.CONFLICT, f"the group {name!r} is declared twice", name)
            self.names[canonicalize_name(name)] = name

    def expanded(self) -> dict[str, _Listed]:
        return {name: self.expand(name, ()) for name in self.names.values()}

    def expand(self, name: str, above: tuple[str, ...]) -> _Listed:
        found: _Listed = []
        for index, value in self.table.elements(name, "an array of requirements"):
            if isinstance(value, str):
                found.extend(self.requirement(name, index, value))
            elif isinstance(value, dict):
                found.extend(self.included(name, index, value, above))
            elif not above:
                self.table.wrong_type("an array of requirements or tables", value, name, index)
        return found

    def requirement(self, name: str, index: int, text: str) -> _Listed:
        parsed = read_requirement(self.table, text, name, index)
        if parsed is None:
            return []
        if parsed.name == self.own and parsed.extras:
            return [item for extra in parsed.extras for item in self.extras.get(canonicalize_name(extra), [])]
        return [(parsed, self.table.where(name, index), ("group", canonicalize_name(name)))]

    def included(self, name: str, index: int, value: dict[str, object], above: tuple[str, ...]) -> _Listed:
        include = value.get("include-group")
        if not isinstance(include, str) or len(value) != 1:
            if not above:
                what = "a table in a dependency group may only have the key 'include-group'"
                self.table.error(codes.WRONG_VALUE, what, name, index)
            return []
        target = self.names.get(canonicalize_name(include))
        if target is None:
            if not above:
                guess = nearest(include, self.names.values())
                fix = f"did you mean {guess!r}?" if guess else ""
                what = f"there is no group {include!r}"
                absent = [(*self.table.path, include)]
                self.table.error(codes.UNKNOWN_FEATURE, what, name, index, fix=fix, absent=absent)
            return []
        chain = (*above, name)
        if target in chain:
            self.cycle(chain[chain.index(target) :], name, index)
            return []
        return self.expand(target, chain)

    def cycle(self, members: tuple[str, ...], name: str, index: int) -> None:
        """Report a cycle once, although every group on it leads there."""
        if frozenset(members) in self.cycles:
            return
        self.cycles.add(frozenset(members))
        shown = " includes ".join(repr(member) for member in (*members, members[0]))
        what = "dependency groups include each other" if len(members) > 1 else "a dependency group includes itself"
        self.table.error(codes.CYCLE, f"{what}: {shown}", name, index, fix="remove one of the includes")
