"""From a failure to the findings that explain it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from interlock.explain.conflicts import Conflict, find_conflicts, texts_without
from interlock.explain.core import Problem
from interlock.explain.derivation import derive
from interlock.explain.edits import Editor, find_edits
from interlock.explain.findings import advice, limited, no_solution
from interlock.explain.members import Member, Texts, read_members
from interlock.explain.oracle import Budget, Oracle, OutOfBudget, Trials
from interlock.explain.requires_python import read_python_requirements

if TYPE_CHECKING:
    from interlock_hooks.types import Edit, EnvironmentRequest, Finding, InterlockError

DEFAULT_BUDGET = Budget()
# Shares of the budget after which the cores, and then the derivations, must do with what there is.
_FOR_CORES, _FOR_DERIVATIONS = 0.5, 0.75


def explain(
    request: EnvironmentRequest,
    failure: InterlockError,
    oracle: Oracle,
    *,
    budget: Budget = DEFAULT_BUDGET,
    clock: Callable[[], float] = time.monotonic,
    told: Callable[[int], None] = lambda _: None,
) -> tuple[Finding, ...]:
    """The conflicts of a request without a solution, each with a derivation from the manifest's lines and edits.

    ``failure`` is what the engines said; its findings are returned as they are where solving the request again does
    not fail, or nothing in the request can be relaxed. ``told`` is called with the number of solves before each one.
    """
    finding = failure.findings[0]
    said = "\n".join([finding.why, *finding.details])
    members = read_members(request, said)
    trials = Trials(oracle, budget, clock=clock, told=told)
    problem = Problem(request, trials)
    trials.allow(_FOR_CORES)
    suspects = [member for member in members if _named(member, said)]
    # If a part of the request fails, so does all of it, and the part is solved faster.
    if not any(_fails(problem, {member: member.text for member in group}) for group in (suspects, members)):
        return failure.findings
    conflicts = find_conflicts(problem, members, suspects)
    trials.allow(_FOR_DERIVATIONS)
    derivations = [derive(problem, conflict.core, oracle, read_python_requirements(said)) for conflict in conflicts]
    trials.allow(1.0)
    # Whether an edit could be tried says nothing about the lines to blame.
    uncertain = trials.undecided or not all(conflict.core.complete for conflict in conflicts)
    limit = limited(trials.count) if uncertain else ""
    edits = find_edits(
        [
            Editor(problem, oracle, texts_without(conflict, conflicts, members), conflict.core.members)
            for conflict in conflicts
        ]
    )
    found = [
        no_solution(finding, request, derivation, edits, limit=limit, fix=_fix(edits, conflicts, derivation.fix))
        for derivation, edits in zip(derivations, edits, strict=True)
    ]
    return (*found, *failure.findings[1:]) if found else failure.findings


def _fails(problem: Problem, texts: Texts) -> bool:
    try:
        return problem.fails(texts)
    except OutOfBudget:
        return False


def _named(member: Member, said: str) -> bool:
    """Whether the engines spoke of what a member is about.

    conda's solver speaks of python wherever a package depends on it; uv only if it matters, and then of Python.
    """
    if member.name == "python":
        return "Python" in said
    return member.kind == "system" or re.search(rf"(?<![\w-]){re.escape(member.name)}(?![\w-])", said) is not None


def _fix(edits: Sequence[Edit], conflicts: Sequence[Conflict], known: str) -> str:
    tested = advice(edits, alone=len(conflicts) == 1, last=conflicts[-1].last)
    if known and not edits:
        return known
    return f"{known}; or {tested}" if known else tested
