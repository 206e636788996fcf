"""One solve over both ecosystems: what PyPI cannot live with becomes a condition of the next conda solve.

conda is solved, and PyPI resolved on top of it with conda's distributions fixed. If that fails, the PyPI side is asked
what it would need of conda, and conda is solved again:

- At first by guesses (:mod:`interlock.resolve.joint.lessons`): the ranges that the packages of one possible resolution
  put on the culprits. This finds most solutions in one further round, but other versions of those packages might have
  needed less.
- Where these lead nowhere, by proofs (:mod:`interlock.resolve.joint.proofs`): combinations of versions that have no
  resolution. They exclude nothing that could work, so what is not found then does not exist.
- Where no version of what conda supplies helps, it may be that PyPI needs something that only conda has.

Of the patch releases of an interpreter, the oldest and the newest are tried. If nothing fits these, the others are
taken to be alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from interlock.core.codes import NO_CONDA_SOLUTION
from interlock.resolve.findings import gave_up, no_joint_solution
from interlock.resolve.joint.lessons import guess, only_in_conda
from interlock.resolve.joint.nogoods import PYTHON
from interlock.resolve.joint.proofs import prove
from interlock.resolve.joint.questions import Questions
from interlock.resolve.uv.errors import NoResolutionError
from interlock_hooks.types import CondaSolution, Finding, InterlockError, Resolution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.utils import NormalizedName

    from interlock.resolve.joint.nogoods import Nogood
    from interlock.resolve.joint.protocol import Names, Resolved, Sides
    from interlock.resolve.recalling import Refusals

ROUND_LIMIT = 100


class UnsolvableError(InterlockError):
    """Neither side can give way any further.

    ``conda`` is conda's refusal under the ``nogoods``, ``pypi`` the refusal on the last solution that conda had; it is
    ``None`` when conda has no solution to begin with. ``refusals`` are all of the resolver's on the way, as far as they
    are known.
    """

    def __init__(self, conda: InterlockError, pypi: NoResolutionError | None, nogoods: tuple[Nogood, ...]) -> None:
        super().__init__(*_told(conda, pypi, nogoods))
        self.conda = conda
        self.pypi = pypi
        self.nogoods = nogoods
        self.refusals: Refusals = {}

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.conda, self.pypi, self.nogoods)


class GaveUpError(InterlockError):
    """No solution was found in ``ROUND_LIMIT`` rounds (IL331); ``pypi`` is the refusal in the last one."""

    def __init__(self, pypi: NoResolutionError) -> None:
        super().__init__(gave_up(pypi.findings[0]))
        self.pypi = pypi

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.pypi,)


def refusal_in(error: InterlockError) -> NoResolutionError | None:
    """The resolver's refusal in the error with which a solve ended, if PyPI had a part in that."""
    refusal = error.pypi if isinstance(error, UnsolvableError | GaveUpError) else error
    return refusal if isinstance(refusal, NoResolutionError) else None


@dataclass(frozen=True, slots=True)
class Joint:
    """A conda solution and the resolution that fits it.

    ``first`` is what conda would have been without regard to PyPI's transitive requirements; ``nogoods`` are what
    stands between the two, ``also`` the distributions that conda was asked for because only it has them. ``findings``
    are about the resolution.
    """

    conda: CondaSolution
    resolution: Resolution
    first: CondaSolution
    nogoods: tuple[Nogood, ...]
    also: frozenset[NormalizedName] = frozenset()
    findings: tuple[Finding, ...] = ()


def solve_jointly(sides: Sides, given: Sequence[Nogood]) -> Joint:
    """A solution of both ecosystems, with as few changes to conda's first solution as could be found.

    ``given`` are nogoods that are known beforehand. Raises :class:`UnsolvableError` when there is none,
    :class:`GaveUpError` after ``ROUND_LIMIT`` rounds, and whatever else the sides raise.
    """
    failures: list[UnsolvableError] = []
    # Each entry: what conda is asked for beside the manifest. Most searches end with the first, which is nothing.
    pending: list[Names] = [frozenset()]
    tried: set[Names] = set()
    while pending:
        also = pending.pop(0)
        if also in tried:
            continue
        tried.add(also)
        search = _Search(sides, tuple(given), also)
        try:
            return search.run()
        except UnsolvableError as error:
            failures.append(error)
        pending += [also | missing for missing in search.missing() if missing]
    raise failures[0]


@dataclass(slots=True)
class _Search:
    sides: Sides
    given: tuple[Nogood, ...]
    also: frozenset[NormalizedName]
    proven: list[Nogood] = field(default_factory=list)
    hints: list[Nogood] = field(default_factory=list)
    failed: dict[str | None, CondaSolution] = field(default_factory=dict)
    guessing: bool = True
    questions: Questions = field(init=False)

    def __post_init__(self) -> None:
        self.questions = Questions(self.sides)

    def run(self) -> Joint:
        first = conda = self._conda()
        rounds = 0
        while isinstance(outcome := self._resolve(conda), NoResolutionError):
            self._learn(conda, outcome)
            proving = not self.guessing
            before, conda = conda, self._conda(first, outcome)
            rounds += 1
            # Whether conda came back to the solution that it was told not to. After a proof nothing is left to learn.
            same = conda.records == before.records
            if rounds == ROUND_LIMIT or (same and proving):
                raise GaveUpError(outcome)
            if same:
                self._stop_guessing()
        return Joint(conda, outcome.resolution, first, (*self.proven, *self.hints), self.also, outcome.findings)

    def _stop_guessing(self) -> None:
        """Forget what was guessed: from here on only what is proven counts."""
        self.hints, self.guessing = [], False

    def missing(self) -> list[Names]:
        """What only conda has and PyPI would need, on each interpreter that failed."""
        return [only_in_conda(self.questions, conda) for conda in self.failed.values()]

    def _resolve(self, conda: CondaSolution) -> Resolved | NoResolutionError:
        try:
            return self.sides.pypi.resolve(conda)
        except NoResolutionError as failure:
            return failure

    def _learn(self, conda: CondaSolution, failure: NoResolutionError) -> None:
        self.questions.note(failure)
        if self.guessing:
            # While guessing, only interpreters are proven to be no good; the next one may be none, either.
            lesson = guess(self.questions, conda, failure, interpreter_first=bool(self.proven))
            (self.proven if lesson.proven else self.hints).extend(lesson.nogoods)
            self.guessing = bool(lesson.nogoods)
        if not self.guessing:
            self.proven.append(prove(self.questions, conda, failure))
        interpreter = conda.get("python")
        self.failed[interpreter.version if interpreter else None] = conda

    def _conda(self, first: CondaSolution | None = None, failure: NoResolutionError | None = None) -> CondaSolution:
        try:
            return self.sides.conda.solve((*self.given, *self.proven, *self.hints), first, self.also)
        except InterlockError as error:
            if error.findings[0].code != NO_CONDA_SOLUTION:
                raise
            if not self.hints:
                raise UnsolvableError(error, failure, tuple(self.proven)) from failure
        # The guesses excluded too much.
        self._stop_guessing()
        return self._conda(first, failure)


def _told(conda: InterlockError, pypi: NoResolutionError | None, nogoods: Sequence[Nogood]) -> tuple[Finding, ...]:
    if pypi is None:
        return conda.findings
    # Where nothing that conda supplies would help, not even another interpreter, it is a matter of PyPI alone.
    if nogoods and all(name == PYTHON for nogood in nogoods for name, _ in nogood.versions):
        return pypi.findings
    excluded = (f"  {nogood}: {nogood.origin}" for nogood in nogoods)
    return (no_joint_solution(conda.findings[0], pypi.findings[0], excluded),)
