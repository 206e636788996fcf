"""Findings that explain why a request has no solution."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.core.codes import GAVE_UP, NO_CONDA_SOLUTION, NO_PYPI_SOLUTION
from interlock.core.counting import counted
from interlock.core.findings import conda_conflict, pypi_conflict, titled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interlock.explain.derivation import Derivation
    from interlock_hooks.types import Edit, EnvironmentRequest, Finding


def no_solution(
    failure: Finding,
    request: EnvironmentRequest,
    derivation: Derivation,
    edits: tuple[Edit, ...],
    *,
    limit: str,
    fix: str,
) -> Finding:
    """The engine's ``failure`` with its explanation: IL210 or IL310, or IL230 where both ecosystems take part.

    That no solution was found in time (IL331) stays what it is: there may be one.
    ``limit`` says why the explanation may name more lines than are to blame; empty if it does not.
    """
    sides = {step.side for step in derivation.steps}
    if failure.code == GAVE_UP:
        code, what = failure.code, failure.what
    elif {"conda", "PyPI"} <= sides:
        code = "IL230"
        what = f"conda and PyPI packages of {titled(request.name)} conflict with each other on {request.target}"
    elif "PyPI" in sides:
        code, what = NO_PYPI_SOLUTION, pypi_conflict(request.name)
    else:
        code, what = NO_CONDA_SOLUTION, conda_conflict(request.name, request.target)
    why = derivation.why or failure.why
    return replace(
        failure,
        code=code,
        what=what,
        why=f"{why} ({limit})" if limit else why,
        where=derivation.where or failure.where,
        fix=fix,
        derivation=derivation.steps,
        edits=edits,
    )


def limited(solves: int) -> str:
    """Says that the search stopped early, after a number of solves."""
    return f"the search stopped after {counted(solves, 'solve')}: fewer lines may be to blame"


def advice(edits: Sequence[Edit], *, alone: bool, last: bool) -> str:
    """What to do about one of several conflicts.

    ``alone`` says that it is the only one that was found, ``last`` that there are no others.
    """
    if not edits and not last:
        return "change one of these lines; the next run shows the other conflicts"
    if not edits:
        return "change several of these lines: no change to a single one was found that gives a solution"
    tested = "was tested and gives a solution"
    if not alone:
        tested += " once the other conflicts are solved"
    return f"make one of these changes; each {tested}" if len(edits) > 1 else f"make this change; it {tested}"
