"""A core with a single member: the contradiction is among the requirements of a version that it could mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packaging.requirements import Requirement as Pep508

from interlock.core.pep508 import required_name
from interlock.explain.core import Core, Problem, smallest_core
from interlock.explain.facts import Need, Package, root_need
from interlock.explain.members import Member, conda_members, requirement_members
from interlock.explain.oracle import Oracle, OutOfBudget
from interlock_hooks.types import CondaRecord, CondaSpec, Requirement

_DEPTH = 6
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Inside:
    """The core of what a single member stands for: itself, or requirements of packages that it leads to.

    ``lacks`` says that nothing answers what ``member`` says, where that is the end; ``fix`` what may help.
    """

    core: Core
    lacks: str = ""
    member: Member | None = None
    fix: str = ""


def look_inside(problem: Problem, core: Core, oracle: Oracle) -> Inside:
    """Go from a member to the requirements of the version that it would select, until they are several."""
    for each in core.members:
        if each.kind == "requires-python" and (lacks := _no_python(each, oracle)):
            return Inside(core, lacks, each)
    lacks = fix = ""
    member: Member | None = None
    for _ in range(_DEPTH):
        about_packages = [each for each in core.members if each.name]
        if len(about_packages) != 1:
            break
        member = about_packages[0]
        need = root_need(member, member.steps[core.levels[member]], {})
        if need is None or not need.brings:
            break
        inner, lacks, fix = _conda(need, oracle) if need.side == "conda" else (_pypi(need, oracle), "", "")
        deeper = _core_of(problem, core, member, inner)
        if deeper is None:
            # What the resolver did not look at may be there all the same.
            if not lacks and oracle.tried is not None and need.side == "PyPI":
                lacks, fix = _nothing(problem, core, member, need, oracle)
            break
        core = deeper
    return Inside(core, lacks, member, fix)


def _core_of(problem: Problem, core: Core, member: Member, inner: Sequence[Member]) -> Core | None:
    """The core among requirements that stand for a member; ``None`` if they have a solution."""
    levels = {other: level for other, level in core.levels.items() if other is not member}
    levels |= dict.fromkeys(inner, 0)
    try:
        if not inner or not problem.fails({m: m.steps[level] for m, level in levels.items()}):
            return None
    except OutOfBudget:
        return None
    return smallest_core(problem, levels, inner)


def _conda(need: Need, oracle: Oracle) -> tuple[list[Member], str, str]:
    """What the newest record that fits needs; else why there is none, and a fix if one is known."""
    if need.name.startswith("__"):
        return [], f"the target has no {need.name} {need.range}".rstrip(), ""
    records = oracle.candidates([need.name])
    fitting = [record for record in records if oracle.admits(need.spec, record)]
    if not records:
        return [], f"no channel has a package named {need.name}", f"add the channel that has {need.name}"
    if not fitting:
        return [], f"no channel has {need.name} {need.range}; available: {_versions(records)}", ""
    newest = fitting[0]
    specs = (CondaSpec(spec=spec, origin=f"{newest.name} {newest.version}") for spec in newest.depends)
    return conda_members(specs, behind=(*need.behind, need)), "", ""


def _no_python(member: Member, oracle: Oracle) -> str:
    need = root_need(member, member.text, {})
    if need is None:
        return ""
    records = oracle.candidates([need.name])
    found = [Package(side="conda", key=need.key, name=need.name, version=r.version, record=r) for r in records]
    if any(need.admits(package, oracle.admits) for package in found):
        return ""
    return f"no channel has {need.name} {need.range}; available: {_versions(records)}"


def _pypi(need: Need, oracle: Oracle) -> list[Member]:
    """The requirements of the newest version that the resolver has read."""
    specifier = Pep508(need.spec).specifier
    tried = {} if oracle.tried is None else oracle.tried(need.name)
    for version, requires in tried.items():
        try:
            fits = specifier.contains(version, prereleases=True)
        except ValueError:
            continue
        if fits:
            names = [(required_name(text), text) for text in requires]
            asked = (Requirement(name=name, text=text, origin=f"{need.name} {version}") for name, text in names)
            return requirement_members(asked, behind=(*need.behind, need))
    return []


def _nothing(problem: Problem, core: Core, member: Member, need: Need, oracle: Oracle) -> tuple[str, str]:
    """What to say of a PyPI requirement that nothing answers: the reason, or which version would do, and a fix."""
    if (known := oracle.lacking(need.name)) is not None:
        return known.why, known.fix
    try:
        solved = problem.solution(core.texts(member))
    except OutOfBudget:
        solved = None
    found = solved.resolution.get(need.name) if solved is not None else None
    if found is None:
        return f"no index has a usable {need.name}", ""
    return f"no index has a usable {need.name} {need.range}; available: {found.version}", ""


def _versions(records: Sequence[CondaRecord]) -> str:
    versions = list(dict.fromkeys(record.version for record in records))
    return ", ".join(versions[:_SHOWN]) + (", …" if len(versions) > _SHOWN else "")
