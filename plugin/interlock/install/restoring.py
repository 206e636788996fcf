"""What is done when an install has changed files of others: it is taken back, and they are put in place again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from interlock.engines.rattler.prefix_records import incomplete_records
from interlock.install import findings
from interlock.install.clashes import clash_findings
from interlock.install.guard import Claim, Clash, Guard, Installed, raise_errors, replaced
from interlock.install.state import installed_entries
from interlock_hooks.types import Event, FindingReported, InterlockError, LockedEnvironment, PyPIPackage

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.utils import NormalizedName

    from interlock.install.journal import Journal
    from interlock.install.placing import Placer


class Restorer:
    """Makes good what installs into one prefix did to packages of others."""

    def __init__(
        self,
        prefix: Path,
        locked: LockedEnvironment,
        guard: Guard,
        journal: Journal,
        placer: Placer,
        *,
        emit: Callable[[Event], None],
    ) -> None:
        self._prefix = prefix
        self._locked = locked
        self._guard = guard
        self._journal = journal
        self._placer = placer
        self._emit = emit

    def check(self, packages: Sequence[PyPIPackage], before: Installed) -> None:
        """Raise if what was just installed changed files of others, after taking it out and restoring them.

        ``before`` is what was there. Raises :class:`InterlockError`: IL612, and IL619 for a distribution of conda's
        that is gone.
        """
        names = {package.name for package in packages}
        installed = self._placer.installed()
        lost = replaced(before, installed, names)
        newcomers = [each for name, each in installed.items() if name in names]
        clashes = self._guard.check_installed(newcomers, self._placer.ours(installed, without=names))
        serious = [clash for clash in clashes if not clash.harmless]
        if not serious and not lost:
            for finding in clash_findings(clashes):
                self._emit(FindingReported(finding=finding))
            return
        culprits = {clash.newcomer.name for clash in serious} or names
        self._undo(culprits, serious, lost)
        kept = [package for package in packages if package.name not in culprits and not package.needs_build]
        self._journal.record(self._journal.state.with_packages(installed_entries(kept, {})))
        raise_errors(clashes)
        raise InterlockError(findings.conda_distribution_lost(tuple(lost)))

    def restore(self, damaged: Iterable[Claim]) -> None:
        """Install again the packages of which files are missing or covered.

        Those that were built are taken out, so that they are installed from the store by their own step, or next time.
        """
        conda = {claim.conda for claim in damaged if claim.conda is not None}
        names = {claim.name for claim in damaged if claim.conda is None}
        packages = [package for package in self._locked.resolution.packages if package.name in names]
        again = [package for package in packages if not package.needs_build]
        if packages:
            self._placer.uninstall([package.name for package in packages])
            left = self._journal.state.without([package.name for package in packages])
            self._journal.record(left.beginning(again, {}))
            self._placer.place_again(again)
            self._journal.record(self._journal.state.with_packages(installed_entries(again, {})))
        if conda:
            self._placer.link(reinstall=conda)

    def _undo(self, culprits: set[NormalizedName], clashes: Sequence[Clash], lost: Sequence[NormalizedName]) -> None:
        """Take out packages that covered files of others, and put those in place again."""
        self._placer.uninstall(culprits)
        self._journal.record(self._journal.state.without(list(culprits)))
        taken = {clash.taken.label: clash.taken for clash in clashes if clash.taken.name not in culprits}
        self.restore(taken.values())
        damaged = incomplete_records(self._prefix) if lost else set()
        if damaged:
            self._placer.link(reinstall=damaged)
