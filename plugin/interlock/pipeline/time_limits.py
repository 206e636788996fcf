"""Time limits such as "a week ago" as points in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from interlock_hooks.types import UNLIMITED

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from interlock_hooks.types import EnvironmentRequest, Index, Solve


def at_this_moment(solve: Solve) -> Solve:
    """The solve with every time limit as a point in time: now is the same for both ecosystems and all packages."""
    now = _Now(datetime.now(timezone.utc))
    return replace(solve, request=now.request(solve.request), members=tuple(map(now.request, solve.members)))


class _Now:
    def __init__(self, now: datetime) -> None:
        self._now = now

    def request(self, request: EnvironmentRequest) -> EnvironmentRequest:
        pypi = request.pypi
        limits: tuple[tuple[NormalizedName, str], ...] = tuple(
            (name, self._limit(limit)) for name, limit in pypi.exclude_newer_package
        )
        return replace(
            request,
            conda_exclude_newer=self._optional(request.conda_exclude_newer),
            conda_exclude_newer_channel=self._each(request.conda_exclude_newer_channel),
            conda_exclude_newer_package=self._each(request.conda_exclude_newer_package),
            pypi=replace(
                pypi,
                exclude_newer=self._optional(pypi.exclude_newer),
                exclude_newer_package=limits,
                indexes=tuple(map(self._index, pypi.indexes)),
            ),
        )

    def _index(self, index: Index) -> Index:
        return replace(index, exclude_newer=self._optional(index.exclude_newer))

    def _each(self, limits: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((name, self._limit(limit)) for name, limit in limits)

    def _optional(self, limit: str | None) -> str | None:
        return None if limit is None else self._limit(limit)

    def _limit(self, limit: str) -> str:
        # Imported here: few requests have a limit.
        from interlock.core.cutoff import moment

        return limit if limit == UNLIMITED else moment(limit, self._now)
