"""The derivation of a core: solve it without each of its members, and find the contradictions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.explain.clash import Clash, find_clashes
from interlock.explain.expand import Inside, look_inside
from interlock.explain.facts import conda_aliases, root_need, view
from interlock.explain.members import Member
from interlock.explain.oracle import Oracle, OutOfBudget, Solved
from interlock.explain.other_versions import OtherVersions
from interlock.explain.story import Target, clash_steps, lone_steps, need_step, reason
from interlock_hooks.types import DerivationStep, Location

if TYPE_CHECKING:
    from interlock.explain.core import Core, Problem
    from interlock.explain.requires_python import PythonRequirements


@dataclass(frozen=True, slots=True)
class Derivation:
    """The steps, the same in one sentence (empty if the engines have a better one), the line to blame, and a fix."""

    steps: tuple[DerivationStep, ...]
    why: str = ""
    where: Location | None = None
    fix: str = ""


def derive(problem: Problem, core: Core, oracle: Oracle, pythons: PythonRequirements) -> Derivation:
    """The derivation of a core; ``pythons`` is what the engines' words add to the facts."""
    inside = look_inside(problem, core, oracle)
    solutions = _without_each(problem, inside.core)
    target: Target = {
        virtual.name: virtual
        for member, solved in solutions.items()
        for virtual in solved.conda.virtual_packages
        if member.name != virtual.name
    }
    said = inside.core.texts()
    aliases = conda_aliases(solutions.values())
    views = [
        # What a member says when it is relaxed is not what the manifest says: no chain begins with it.
        view(solved, {each: text for each, text in said.items() if each is not member}, aliases, pythons)
        for member, solved in solutions.items()
    ]
    others = OtherVersions(oracle)
    clashes = find_clashes(views, inside.core.members, others)
    return _of_clashes(clashes, inside, target, others) if clashes and not inside.lacks else _of_members(inside, target)


def _without_each(problem: Problem, core: Core) -> dict[Member, Solved]:
    """The solutions of a core with one member relaxed, as far as the budget goes."""
    found: dict[Member, Solved] = {}
    try:
        for member in core.members:
            solved = problem.solution(core.texts(member))
            if solved is not None:
                found[member] = solved
    except OutOfBudget:
        pass
    return found


def _of_clashes(clashes: Sequence[Clash], inside: Inside, target: Target, others: OtherVersions) -> Derivation:
    told = {member for clash in clashes for member in clash.members}
    alone = [member for member in inside.core.members if member not in told]
    steps = (*lone_steps(alone, inside.core.texts(), target), *clash_steps(clashes, target, others))
    first = clashes[0]
    # The line nearest to the clash is the one that a reader will want to look at.
    chain = min((first.one, first.other), key=len)
    return Derivation(steps, f"{reason(first, target)}", _place(chain[0].source))


def _of_members(inside: Inside, target: Target) -> Derivation:
    members, texts, member = inside.core.members, inside.core.texts(), inside.member
    need = None if member is None else root_need(member, texts[member], {})
    if member is None or need is None or not inside.lacks:
        steps = list(lone_steps(members, texts, target))
        if len(members) > 1:
            steps.append(DerivationStep(kind="clash", side="both", text="these lines have no solution together"))
        return Derivation(tuple(steps), "", next((m.where for m in members if m.where), None))
    chain = [*need.behind, need]
    told = [need_step(each, target) for each in chain]
    others = lone_steps([each for each in members if each is not member], texts, target)
    # Whatever asks for an interpreter, it is conda that has none.
    side = "conda" if member.kind == "requires-python" else need.side
    end = DerivationStep(kind="lacks", side=side, text=inside.lacks)
    why = inside.lacks if len(told) == 1 else f"{told[-1].text}, but {inside.lacks}"
    return Derivation((*others, *told, end), why, _place(chain[0].source), inside.fix)


def _place(source: object) -> Location | None:
    return source.where if isinstance(source, Member) else None
