"""Which packages of a prefix are damaged, and whether they are whole once they have been installed again.

Files of a prefix are often hard links into the caches of rattler and uv. What was changed in place is changed there as
well, so that installing it again brings the same damage; then it has to be fetched again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from interlock.core.offline import is_offline
from interlock.core.urls import is_remote
from interlock.engines.uv import forget_downloads
from interlock.install import findings
from interlock_hooks.types import Event, FindingReported, InterlockError

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from interlock.engines.damage import Damage
    from interlock.engines.python.distributions import SiteDistribution
    from interlock.install.guard import Guard
    from interlock_hooks.types import CondaRecord, PyPIPackage


class Repair:
    """What is to be put back in one prefix: ``conda`` packages and distributions, by name. Nothing until it looks."""

    def __init__(self, guard: Guard, emit: Callable[[Event], None]) -> None:
        self.conda: set[str] = set()
        self.names: set[NormalizedName] = set()
        self._guard = guard
        self._emit = emit

    def look(self, ours: Sequence[SiteDistribution]) -> None:
        """Compare every file with what its package brought, and tell what is not the same."""
        for each in self._guard.damage(ours, emit=self._emit):
            self._emit(FindingReported(finding=findings.damaged(each)))
            if each.owner.conda is None:
                self.names.add(each.owner.name)
            else:
                self.conda.add(each.owner.conda)

    def stale_conda(self, records: Sequence[CondaRecord], beside: Sequence[SiteDistribution]) -> set[str]:
        """The conda packages that came out of rattler's cache as damaged as they were; the cache forgets them.

        Files that they share with the distributions ``beside`` them may be theirs. Raises :class:`InterlockError`
        (IL629) for those that would have to be fetched while the network is switched off; the cache keeps them.
        """
        left = self._left_of_conda(beside)
        stale = {str(damage.owner.conda) for damage in left}
        _require_fetchable(left, {record.name for record in records if is_remote(record.url)})
        if stale:
            # Imported here: hardly any install comes to this.
            from interlock.engines.rattler.unpacked import forget_unpacked

            forget_unpacked(record for record in records if record.name in stale)
        return stale

    def stale(
        self,
        packages: Sequence[PyPIPackage],
        found: Sequence[SiteDistribution],
        beside: Sequence[SiteDistribution],
    ) -> set[NormalizedName]:
        """The distributions that came out of uv's cache as damaged as they were; the cache forgets them.

        Files that they share with those ``beside`` them may be theirs. Raises as :meth:`stale_conda` does.
        """
        left = self._left_of(found, beside)
        stale = {damage.owner.name for damage in left}
        fetched = (package for package in packages if not package.needs_build)
        _require_fetchable(left, {package.name for package in fetched if is_remote(package.artifact.url)})
        forget_downloads(sorted(stale))
        return stale

    def require_whole_conda(self, beside: Sequence[SiteDistribution]) -> None:
        """Raise :class:`InterlockError` (IL629) if a conda package is still damaged; see :meth:`stale_conda`."""
        _require_none(self._left_of_conda(beside))

    def require_whole(self, found: Sequence[SiteDistribution], beside: Sequence[SiteDistribution]) -> None:
        """Raise :class:`InterlockError` (IL629) if a distribution is still damaged; see :meth:`stale`."""
        _require_none(self._left_of(found, beside))

    def _left_of_conda(self, beside: Sequence[SiteDistribution]) -> list[Damage]:
        if not self.conda:
            return []
        return self._guard.damage((), conda=self.conda, beside=beside, emit=self._emit)

    def _left_of(self, found: Sequence[SiteDistribution], beside: Sequence[SiteDistribution]) -> list[Damage]:
        return self._guard.damage(found, conda=(), beside=beside, emit=self._emit) if found else []


def _require_fetchable(left: Sequence[Damage], remote: Collection[str]) -> None:
    lost = [damage for damage in left if (damage.owner.conda or damage.owner.name) in remote] if is_offline() else []
    if lost:
        raise InterlockError(*map(findings.not_fetched_again, lost))


def _require_none(left: Sequence[Damage]) -> None:
    if left:
        raise InterlockError(*map(findings.not_repaired, left))
