"""What the engines write into a prefix: conda packages are linked, wheels installed, and both removed.

Each change is in the journal before it is made, and files that others own as well are kept from it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from interlock.engines.python.distributions import SiteDistribution, site_distributions, site_packages_in
from interlock.engines.python.interpreter import python_of
from interlock.engines.rattler.prefix_records import changing_records
from interlock.engines.uv import install_packages, uninstall
from interlock_hooks.types import Event, LockedEnvironment, PyPIPackage, StageProgress

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from packaging.utils import NormalizedName

    from interlock.install.guard import Claim, Guard, Installed
    from interlock.install.journal import Journal
    from interlock.install.state import State


class Placer:
    """Has the engines change one prefix; ``site`` is its site-packages by the lock, ``None`` without python."""

    def __init__(
        self,
        prefix: Path,
        locked: LockedEnvironment,
        guard: Guard,
        journal: Journal,
        *,
        root: Path,
        emit: Callable[[Event], None],
    ) -> None:
        self.site = site_packages_in(locked)
        self._prefix = prefix
        self._locked = locked
        self._guard = guard
        self._journal = journal
        self._root = root
        self._emit = emit

    @property
    def python(self) -> Path:
        """The interpreter of the prefix."""
        return python_of(self._prefix)

    def installed(self) -> Installed:
        """The distributions that are there now."""
        return site_distributions(self._prefix / self.site) if self.site else {}

    def installed_before(self) -> Installed:
        """The distributions that the last install left, which may have been for another python."""
        site = self._journal.state.site_packages or self.site
        return site_distributions(self._prefix / site) if site else {}

    def ours(self, installed: Installed, *, without: Collection[str] = ()) -> list[SiteDistribution]:
        """Those of the distributions that Interlock installed, except some."""
        pypi = self._journal.state.pypi
        return [each for name, each in installed.items() if name in pypi and name not in without]

    def link(self, *, reinstall: Iterable[str]) -> None:
        """Link the conda packages of the lock, some of them again; wheels that lose files by it have to come again."""
        # Imported here: where conda has nothing to do, rattler is not loaded.
        from interlock.engines.rattler.installer import install

        def progress(done: int, total: int, item: str) -> None:
            self._emit(StageProgress(stage="conda-install", done=done, total=total, item=item))

        found = self.installed_before()
        records = self._locked.conda.records
        self._journal.record(self._journal.state.announcing(*changing_records(self._prefix, records)))
        with self._guard.keeping_from_conda(list(found.values())) as incomplete:
            install(self._prefix, records, on_progress=progress, reinstall=set(reinstall))
        self._guard.forget_conda()
        covered = self._guard.check_installed(self.ours(found), ())
        self.forget([*incomplete, *(clash.newcomer for clash in covered)])

    def place(
        self, packages: Sequence[PyPIPackage], files: Mapping[NormalizedName, Path], before: Installed
    ) -> list[Claim]:
        """Install packages, from the ``files`` where there are such, in place of what was there ``before``.

        Returns the packages that miss a file since, see :meth:`Guard.keeping`.
        """
        versions = {package.name: package.version for package in packages}
        leaving = [each for name, each in before.items() if name in versions]
        staying = [each for name, each in before.items() if name not in versions]
        self._journal.record(self._announced(leaving).beginning(packages, files))
        with self._guard.keeping(leaving, staying) as incomplete:
            # uv takes a distribution of the right version for the right artifact; others it replaces by itself, once
            # it has fetched the new one.
            self._remove([each for each in leaving if each.has_version(versions[each.name])])
            install_packages(self.python, packages, wheels=files, root=self._root)
        return incomplete

    def place_again(self, packages: Sequence[PyPIPackage]) -> None:
        """Install packages that were just uninstalled."""
        install_packages(self.python, packages, root=self._root)

    def uninstall(self, names: Collection[NormalizedName], found: Installed | None = None) -> None:
        """Uninstall distributions; what others own of their files stays, and who loses a file has to come again."""
        if not names:
            return
        installed = self.installed() if found is None else found
        leaving = [each for name, each in installed.items() if name in names]
        staying = [each for name, each in installed.items() if name not in names]
        with self._guard.keeping(leaving, staying) as incomplete:
            self._remove(leaving)
        self.forget(incomplete)
        damaged = {claim.conda for claim in incomplete if claim.conda is not None}
        if damaged:
            self.link(reinstall=damaged)

    def forget(self, damaged: Iterable[Claim]) -> None:
        """Let packages that miss files of theirs count as not installed."""
        names = [claim.name for claim in damaged if claim.conda is None]
        if names:
            self._journal.record(self._journal.state.without(names))

    def _remove(self, leaving: Sequence[SiteDistribution]) -> None:
        """Remove distributions, also those that an interrupted install left without a list of their files."""
        if not leaving:
            return
        self._journal.begin()
        self._journal.record(self._announced(leaving))
        if self.python.exists():
            uninstall(self.python, [each.name for each in leaving if (each.info / "RECORD").is_file()])
        for each in leaving:
            each.forget()

    def _announced(self, leaving: Iterable[SiteDistribution]) -> State:
        """The state before distributions go: whoever is killed on the way leaves files that nothing else names."""
        return self._journal.state.announcing((), (path for each in leaving for path in self._guard.files_of(each)))
