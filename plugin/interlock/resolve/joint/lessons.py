"""Guesses at what would help when PyPI has no resolution on a conda solution: cheap, but not proven."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.resolve.joint.needs import needs_of, versions_outside
from interlock.resolve.joint.nogoods import PYTHON, Nogood, one
from interlock.resolve.joint.protocol import Resolved

if TYPE_CHECKING:
    from interlock.resolve.joint.protocol import Names
    from interlock.resolve.joint.questions import Questions
    from interlock.resolve.uv.errors import NoResolutionError
    from interlock_hooks.types import CondaSolution, OfferedDistribution


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a failure taught; ``proven`` tells that no interpreter like this one can work, else it is a guess."""

    nogoods: tuple[Nogood, ...] = ()
    proven: bool = False


def guess(questions: Questions, conda: CondaSolution, failure: NoResolutionError, *, interpreter_first: bool) -> Lesson:
    """Conditions under which one resolution would fit, or that none does with this interpreter.

    Culprits may change first, then the other packages to blame, unless it is asked first whether anything can fit this
    interpreter. Empty when ranges do not explain the failure.
    """
    if interpreter_first and questions.fitting(conda, frozenset()) is None:
        return Lesson((questions.against_interpreter(conda),), proven=True)
    culprits = questions.culprits(conda, failure) | questions.refused(conda, failure)
    while True:
        fixed = questions.distributions(conda) - culprits
        outcome = questions.ask(conda, fixed, questions.offers(culprits))
        if isinstance(outcome, Resolved):
            return Lesson(_conditions(questions, conda, culprits, outcome))
        reach = questions.reach(conda)
        more = (questions.culprits(conda, outcome) & reach) - culprits or reach - culprits
        if not more:
            break
        culprits |= more
    # conda need not have all of them: an index can step in.
    fitting = questions.fitting(conda, frozenset())
    if fitting is None:
        return Lesson((questions.against_interpreter(conda),), proven=True)
    return Lesson(_conditions(questions, conda, questions.reach(conda), fitting))


def only_in_conda(questions: Questions, conda: CondaSolution) -> Names:
    """Distributions that conda does not supply but has, and without any of which PyPI cannot be resolved."""
    lacking: Names = frozenset()
    resolved = None
    while resolved is None:
        # What only conda has may lead the resolver to something else that only conda has.
        before, lacking = lacking, frozenset(questions.wanted) - questions.distributions(conda) - {PYTHON}
        if lacking == before:
            return frozenset()
        questions.sides.conda.look_for(lacking - before)
        resolved = questions.fitting(conda, frozenset(), _had(questions, lacking))
    found = frozenset(entry.name for entry in resolved.resolution.provided) & lacking
    for name in sorted(found):
        # An index may do as well.
        if questions.fitting(conda, frozenset(), _had(questions, found - {name})) is not None:
            found -= {name}
    return found


def _had(questions: Questions, names: Names) -> list[OfferedDistribution]:
    return [offer for offer in questions.offers(names, or_index=True) if offer.versions]


def _conditions(questions: Questions, conda: CondaSolution, names: Names, resolved: Resolved) -> tuple[Nogood, ...]:
    """What a resolution demands of conda; nothing if conda offers that already."""
    pins, known = questions.sides.conda.pins(conda), questions.sides.conda.versions(names)
    found: list[Nogood] = []
    for name in sorted(names):
        needs = needs_of(name, resolved)
        from_index = resolved.resolution.get(name) is not None
        excluded = frozenset(known[name]) if from_index else versions_outside(needs, known[name])
        if excluded:
            found.append(one(name, excluded, "; ".join(map(str, needs)) or "PyPI supplies it"))
    return tuple(found) if any(pins[each.name] in each.excluded for each in found) else ()
