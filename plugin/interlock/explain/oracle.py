"""The functions that explaining needs from the engines: solve changed requests within a budget, look up packages."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from interlock_hooks.types import CondaRecord, CondaSolution, EnvironmentRequest, InterlockError, Resolution


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """Both halves of the answer to a request."""

    conda: CondaSolution
    resolution: Resolution


# The requirements (PEP 508) of a PyPI package by its version, newest first.
Tried = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """Why no version of a PyPI package can be used; ``fix`` is what may help, apart from changing who requires it."""

    why: str
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Oracle:
    """The functions that know.

    ``attempt`` solves a request and answers ``None`` when it has no solution; other failures are raised as
    :class:`InterlockError`, and :class:`TimeoutError` when it takes too long. ``quick`` is the same where only that
    matters, and need not find the best solution. ``candidates`` gives all conda records of
    the named packages that a solve could choose, newest first. ``admits`` tells whether a match spec (CEP 29) admits a
    record. ``names`` are all names of conda packages. ``tried`` gives what the resolver has read of a PyPI package
    while it failed, where that is known, and ``lacking`` why it could use no version of one.
    """

    attempt: Callable[[EnvironmentRequest], Solved | None]
    quick: Callable[[EnvironmentRequest], Solved | None]
    candidates: Callable[[Sequence[str]], Sequence[CondaRecord]]
    admits: Callable[[str, CondaRecord], bool]
    names: Callable[[], Sequence[str]]
    tried: Callable[[str], Tried] | None = None
    lacking: Callable[[str], Lacking | None] = lambda _: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much may be tried: solves, and seconds until the last of them begins."""

    attempts: int = 60
    seconds: float = 9.0


class OutOfBudget(Exception):  # noqa: N818 - not an error: whoever tries goes on with what is known by then
    """No further solve is allowed now."""


class Trials:
    """Solves within a budget, no request twice in the same way; ``count`` is how often so far.

    ``told`` is called with the number of solves before each of them. A solve that fails for another reason than
    satisfiability, such as an interpreter that PyPI packages cannot be resolved for, answers neither way.
    """

    def __init__(
        self,
        oracle: Oracle,
        budget: Budget,
        *,
        clock: Callable[[], float] = time.monotonic,
        told: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._oracle = oracle
        self._budget = budget
        self._clock = clock
        self._told = told
        self._began = clock()
        self._share = 1.0
        # What has no solution has none either way.
        self._known: dict[Hashable, Solved | Exception | None] = {}
        self._solvable: set[Hashable] = set()
        self.count = 0

    @property
    def undecided(self) -> bool:
        """Whether some solve answered neither way."""
        return any(isinstance(outcome, Exception) for outcome in self._known.values())

    def allow(self, share: float) -> None:
        """From now on at most this share of the whole budget may be used, from 0 to 1."""
        self._share = share

    def fails(self, key: Hashable, request: EnvironmentRequest) -> bool:
        """Whether a request is known to have no solution; ``key`` stands for it. Raises :class:`OutOfBudget`."""
        if key not in self._known and key not in self._solvable:
            outcome = self._try(self._oracle.quick, request)
            if isinstance(outcome, Solved):
                self._solvable.add(key)
            else:
                self._known[key] = outcome
        return key in self._known and self._known[key] is None

    def solution(self, key: Hashable, request: EnvironmentRequest) -> Solved | None:
        """The solution of a request, ``None`` if it has none or that cannot be told. Raises :class:`OutOfBudget`."""
        if key not in self._known:
            self._known[key] = self._try(self._oracle.attempt, request)
        outcome = self._known[key]
        return outcome if isinstance(outcome, Solved) else None

    def _try(
        self, solve: Callable[[EnvironmentRequest], Solved | None], request: EnvironmentRequest
    ) -> Solved | Exception | None:
        used = self._clock() - self._began
        if self.count >= self._budget.attempts * self._share or used >= self._budget.seconds * self._share:
            raise OutOfBudget
        self._told(self.count)
        self.count += 1
        try:
            return solve(request)
        except (InterlockError, TimeoutError) as error:
            return error
