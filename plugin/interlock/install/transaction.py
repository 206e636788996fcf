"""An install as a transaction: locked against other processes, recorded step by step, complete only at the end.

Every step first compares and then changes, so that it can be repeated. The state file is the journal: it says that an
install is under way from before the first change until the commit. Killed in between, or changed by other tools since,
the prefix is compared file by file the next time, and what is not whole is linked or installed again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from interlock.engines.python.distributions import SiteDistribution, site_distributions, site_packages_in
from interlock.engines.python.interpreter import python_of
from interlock.engines.rattler.prefix_records import (
    changing_records,
    drop_staged,
    incomplete_records,
    installed_records,
    record_identity,
)
from interlock.engines.uv import install_packages, uninstall
from interlock.install import findings
from interlock.install.allowed import check_allowed, check_ecosystems
from interlock.install.clashes import clash_findings
from interlock.install.guard import Claim, Clash, Guard, Installed, raise_errors, replaced
from interlock.install.listing import installed_record
from interlock.install.options import InstallOptions
from interlock.install.place import check_place, exclusive, remove_prefix
from interlock.install.repair import Repair
from interlock.install.state import (
    State,
    identity_of,
    installed_entries,
    installed_package,
    is_doubtful,
    load_state,
    save_state,
)
from interlock_hooks.types import (
    BuiltWheel,
    CondaRecord,
    Event,
    FindingReported,
    InterlockError,
    LockedEnvironment,
    PyPIPackage,
    StageProgress,
)

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from packaging.utils import NormalizedName
    from typing_extensions import Self


_PYPI_INSTALLERS = ("uv", "pip")


class Transaction:
    """One install of a locked environment into ``prefix``; use it as a context manager.

    The steps are called in the order of the methods. ``changed`` tells whether any of them found something to do.
    Raises :class:`InterlockError` on entering: IL610, IL611 and IL617 for a place that cannot hold the environment,
    IL632 if another process works on it for too long.
    """

    def __init__(
        self,
        prefix: Path,
        locked: LockedEnvironment,
        *,
        root: Path,
        emit: Callable[[Event], None],
        options: InstallOptions = InstallOptions(),
    ) -> None:
        self.prefix = prefix.absolute()
        self.changed = False
        self._locked = locked
        self._root = root
        self._emit = emit
        self._stack = ExitStack()
        self._site = site_packages_in(locked)
        self._state = State(environment=locked.name, platform=locked.platform)
        self._doubtful = True
        self._guard = Guard(self.prefix, self._site or "")
        self._repair = Repair(self._guard, emit)
        self._options = options

    def __enter__(self) -> Self:
        check_place(self.prefix)
        self._stack.enter_context(exclusive(self.prefix, self._emit, timeout=self._options.lock_timeout))
        try:
            self._look()
            if self._options.repair or self._state.repairing:
                # Recorded with the first change: what an interrupted repair leaves damaged is not complete.
                self._state = replace(self._state, repairing=True)
                self._repair.look(self._ours(self._installed(), without=()))
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def python(self) -> Path:
        """The interpreter of the prefix."""
        return python_of(self.prefix)

    def link_conda(self) -> None:
        """Make the conda packages of the prefix those of the lock; what the lock has from conda leaves PyPI first."""
        if self._doubtful:
            drop_staged(self.prefix)
        self._make_way()
        records = self._locked.conda.records
        present = self._conda_present()
        broken = self._broken_conda()
        if present != {record_identity(record) for record in records} or broken:
            self._begin()
            self._leave_old_python()
            self._link(reinstall=broken)
            beside = self._ours(self._installed(), without=())
            if stale := self._repair.stale_conda(records, beside):
                self._link(reinstall=stale)
                self._repair.require_whole_conda(beside)
        if self.changed or self._doubtful:
            check_ecosystems(self._locked.resolution.packages, self._locked, self._guard)
        self._state = replace(self._state, site_packages=self._site)

    def missing_conda(self) -> list[CondaRecord]:
        """The conda packages of the lock that are not linked, or not whole."""
        present, broken = self._conda_present(), self._broken_conda()
        records = self._locked.conda.records
        return [record for record in records if record_identity(record) not in present or record.name in broken]

    def remove_extraneous(self) -> list[NormalizedName]:
        """Uninstall what Interlock or uv installed and the lock does not want; returns the names."""
        wanted = {package.name for package in self._locked.resolution.packages}
        provided = {entry.name for entry in self._locked.resolution.provided}
        extraneous = sorted(
            name
            for name, found in self._installed().items()
            if name not in wanted and name not in provided and self._is_extraneous(found)
        )
        self._uninstall(extraneous)
        gone = [name for name in self._state.pypi if name not in wanted]
        if gone:
            self._begin()
            self._record(self._state.without(gone))
        return extraneous

    def missing_wheels(self) -> list[PyPIPackage]:
        """The packages of the lock that need no build and are not there as the artifacts that it names."""
        packages = [package for package in self._locked.resolution.packages if not package.needs_build]
        return self._missing({package: identity_of(package) for package in packages})

    def install_wheels(
        self, packages: Sequence[PyPIPackage], files: Mapping[NormalizedName, Path] | None = None
    ) -> None:
        """Install packages that need no build; ``files`` are their wheels where these are at hand already."""
        self._install(packages, {}, files)

    def install_built(self, package: PyPIPackage, wheel: BuiltWheel) -> None:
        """Install the wheel that was built of a package, unless it is there already."""
        if self._missing({package: installed_package(package, wheel).identity}):
            self._install([package], {package.name: wheel})

    def commit(
        self,
        *,
        inputs: Mapping[Path, int],
        report: Mapping[str, Any],
        activation: Mapping[str, Any] | None = None,
        graph: Mapping[str, Any] | None = None,
        frozen: bool = False,
        chosen: str | None = None,
    ) -> None:
        """Record that the prefix is complete: what it was made from, and the ``report`` that a no-op repeats.

        ``inputs``, ``activation`` and ``graph`` are as in :func:`save_state`; ``frozen`` and ``chosen`` are as in
        :class:`State`. Raises :class:`InterlockError` (IL620) when a package of the lock is not there.
        """
        here = self._installed().keys() & self._state.pypi.keys()
        lost = [package.name for package in self._locked.resolution.packages if package.name not in here]
        if lost:
            raise InterlockError(findings.incomplete(tuple(lost)))
        minor = self._locked.resolution.python.minor if self._site else None
        self._state = self._state.completed(python=minor, site_packages=self._site, frozen=frozen, chosen=chosen)
        packages = installed_record(self.prefix, self._state, self._locked)
        self._save(inputs=inputs, report=report, activation=activation, packages=packages, graph=graph)

    def _look(self) -> None:
        """See what the last install left; only once locked, since another process may have worked here until then."""
        old = load_state(self.prefix)
        if old is None:
            return
        if not old.is_of(self.prefix):
            self._emit(FindingReported(finding=findings.moved(self.prefix, old.prefix)))
            remove_prefix(self.prefix)
            return
        if not old.complete:
            self._guard.clear_up(old, self._locked, root=self._root)
        self._state = replace(old, environment=self._locked.name, platform=self._locked.platform)
        self._doubtful = is_doubtful(self.prefix, old)

    def _conda_present(self) -> set[tuple[str, str, str, str | None]]:
        return {record_identity(record) for record in installed_records(self.prefix)}

    def _broken_conda(self) -> set[str]:
        broken = incomplete_records(self.prefix) if self._doubtful else set()
        return broken | (self._repair.conda & {record.name for record in self._locked.conda.records})

    def _make_way(self) -> None:
        """Uninstall from PyPI what conda is to supply: afterwards, that would remove conda's files."""
        provided = {entry.name for entry in self._locked.resolution.provided}
        site = self._state.site_packages or self._site
        found = site_distributions(self.prefix / site) if site else {}
        self._uninstall(
            sorted(name for name, each in found.items() if name in provided and self._is_from_pypi(each)),
            found,
        )

    def _leave_old_python(self) -> None:
        """Before another minor version of python comes: its site-packages will not see what the old one holds."""
        old, new = self._state.site_packages, self._site
        if old is not None and old != new and self._state.pypi:
            found = site_distributions(self.prefix / old)
            self._uninstall(sorted(name for name in found if name in self._state.pypi), found)
            self._record(self._state.without(list(self._state.pypi)))

    def _link(self, *, reinstall: Iterable[str]) -> None:
        # Imported here: where conda has nothing to do, rattler is not loaded.
        from interlock.engines.rattler.installer import install

        def progress(done: int, total: int, item: str) -> None:
            self._emit(StageProgress(stage="conda-install", done=done, total=total, item=item))

        site = self._state.site_packages or self._site
        found = site_distributions(self.prefix / site) if site else {}
        self._record(self._state.announcing(*changing_records(self.prefix, self._locked.conda.records)))
        with self._guard.keeping_from_conda(list(found.values())) as incomplete:
            install(self.prefix, self._locked.conda.records, on_progress=progress, reinstall=set(reinstall))
        self._guard.forget_conda()
        covered = self._guard.check_installed(self._ours(found, without=()), ())
        self._forget([*incomplete, *(clash.newcomer for clash in covered)])

    def _missing(self, wanted: Mapping[PyPIPackage, str]) -> list[PyPIPackage]:
        """The packages that are not installed as the artifact with the given identity."""
        installed = self._installed()
        missing = []
        for package, identity in wanted.items():
            found = installed.get(package.name)
            known = self._state.pypi.get(package.name)
            if known is None or found is None or known.identity != identity or not self._is_ours(found, known.version):
                missing.append(package)
        return missing

    def _is_ours(self, found: SiteDistribution, version: str) -> bool:
        """Whether a distribution is still the one that was installed here, whole."""
        if found.installer != "uv" or not found.has_version(version) or found.name in self._repair.names:
            return False
        return found.is_intact() if self._doubtful else found.whole

    def _install(
        self,
        packages: Sequence[PyPIPackage],
        wheels: Mapping[NormalizedName, BuiltWheel],
        files: Mapping[NormalizedName, Path] | None = None,
    ) -> None:
        if not packages:
            return
        if self._site is None:
            raise InterlockError(findings.no_python(self._locked.name))
        check_allowed(packages, self._locked, self._guard)
        self._begin()
        before = self._installed()
        paths = {**(files or {}), **{name: wheel.path for name, wheel in wheels.items()}}
        names = {package.name: package.version for package in packages}
        self._guard.check_local(packages, paths, self._ours(before, without=names))
        leaving = [each for name, each in before.items() if name in names]
        staying = [each for name, each in before.items() if name not in names]
        self._record(self._announced(leaving).beginning(packages, paths))
        with self._guard.keeping(leaving, staying) as incomplete:
            # uv takes a distribution of the right version for the right artifact; others it replaces by itself, once
            # it has fetched the new one.
            self._remove([each for each in leaving if each.has_version(names[each.name])])
            install_packages(self.python, packages, wheels=paths, root=self._root)
        self._check_installed(packages, before)
        self._record(self._state.with_packages(installed_entries(packages, wheels)))
        self._restore(incomplete)
        self._fetch_damaged(packages, wheels, files)

    def _fetch_damaged(
        self,
        packages: Sequence[PyPIPackage],
        wheels: Mapping[NormalizedName, BuiltWheel],
        files: Mapping[NormalizedName, Path] | None,
    ) -> None:
        """Install once more what came out of uv's cache as damaged as it was."""
        names = {package.name for package in packages} & self._repair.names
        self._repair.names -= names
        stale = self._repair.stale(packages, *self._parted(names))
        if stale:
            self._install([package for package in packages if package.name in stale], wheels, files)
            self._repair.require_whole(*self._parted(names))

    def _check_installed(self, packages: Sequence[PyPIPackage], before: Installed) -> None:
        """Raise if what was just installed changed files of others, after taking it out and restoring them."""
        names = {package.name for package in packages}
        installed = self._installed()
        lost = replaced(before, installed, names)
        newcomers = [each for name, each in installed.items() if name in names]
        clashes = self._guard.check_installed(newcomers, self._ours(installed, without=names))
        serious = [clash for clash in clashes if not clash.harmless]
        if not serious and not lost:
            for finding in clash_findings(clashes):
                self._emit(FindingReported(finding=finding))
            return
        culprits = {clash.newcomer.name for clash in serious} or names
        self._undo(culprits, serious, lost)
        kept = [package for package in packages if package.name not in culprits and not package.needs_build]
        self._record(self._state.with_packages(installed_entries(kept, {})))
        raise_errors(clashes)
        raise InterlockError(findings.conda_distribution_lost(tuple(lost)))

    def _undo(self, culprits: set[NormalizedName], clashes: Sequence[Clash], lost: Sequence[NormalizedName]) -> None:
        """Take out packages that covered files of others, and put those in place again."""
        self._uninstall(culprits)
        self._record(self._state.without(list(culprits)))
        taken = {clash.taken.label: clash.taken for clash in clashes if clash.taken.name not in culprits}
        self._restore(taken.values())
        damaged = incomplete_records(self.prefix) if lost else set()
        if damaged:
            self._link(reinstall=damaged)

    def _restore(self, damaged: Iterable[Claim]) -> None:
        """Install again the packages of which files are missing or covered.

        Those that were built are taken out, so that they are installed from the store by their own step, or next time.
        """
        conda = {claim.conda for claim in damaged if claim.conda is not None}
        names = {claim.name for claim in damaged if claim.conda is None}
        packages = [package for package in self._locked.resolution.packages if package.name in names]
        again = [package for package in packages if not package.needs_build]
        if packages:
            self._uninstall([package.name for package in packages])
            left = self._state.without([package.name for package in packages])
            self._record(left.beginning(again, {}))
            install_packages(self.python, again, root=self._root)
            self._record(self._state.with_packages(installed_entries(again, {})))
        if conda:
            self._link(reinstall=conda)

    def _ours(self, installed: Installed, *, without: Collection[str]) -> list[SiteDistribution]:
        """The distributions that were installed here before, except some."""
        return [each for name, each in installed.items() if name in self._state.pypi and name not in without]

    def _parted(self, names: Collection[str]) -> tuple[list[SiteDistribution], list[SiteDistribution]]:
        """The distributions of these names, and the others that were installed here."""
        here = self._installed() if names else {}
        return [each for name, each in here.items() if name in names], self._ours(here, without=names)

    def _is_from_pypi(self, found: SiteDistribution) -> bool:
        return found.installer in _PYPI_INSTALLERS and not self._guard.is_of_conda(found)

    def _is_extraneous(self, found: SiteDistribution) -> bool:
        return found.name in self._state.pypi or (found.installer == "uv" and not self._guard.is_of_conda(found))

    def _uninstall(self, names: Collection[NormalizedName], found: Installed | None = None) -> None:
        """Uninstall distributions; what others own of their files stays, and who loses a file has to come again."""
        if not names:
            return
        installed = self._installed() if found is None else found
        leaving = [each for name, each in installed.items() if name in names]
        staying = [each for name, each in installed.items() if name not in names]
        with self._guard.keeping(leaving, staying) as incomplete:
            self._remove(leaving)
        self._forget(incomplete)
        damaged = {claim.conda for claim in incomplete if claim.conda is not None}
        if damaged:
            self._link(reinstall=damaged)

    def _forget(self, damaged: Iterable[Claim]) -> None:
        """Let packages that miss files of theirs count as not installed."""
        names = [claim.name for claim in damaged if claim.conda is None]
        if names:
            self._record(self._state.without(names))

    def _remove(self, leaving: Sequence[SiteDistribution]) -> None:
        """Remove distributions, also those that an interrupted install left without a list of their files."""
        if not leaving:
            return
        self._begin()
        self._record(self._announced(leaving))
        if self.python.exists():
            uninstall(self.python, [each.name for each in leaving if (each.info / "RECORD").is_file()])
        for each in leaving:
            each.forget()

    def _installed(self) -> Installed:
        return site_distributions(self.prefix / self._site) if self._site else {}

    def _begin(self) -> None:
        if not self.changed:
            self.changed = True
            self._record(self._state)

    def _announced(self, leaving: Iterable[SiteDistribution]) -> State:
        """The state before distributions go: whoever is killed on the way leaves files that nothing else names."""
        return self._state.announcing((), (path for each in leaving for path in self._guard.files_of(each)))

    def _record(self, state: State) -> None:
        self._state = replace(state, complete=False)
        self._save()

    def _save(self, **completed: Any) -> None:
        try:
            save_state(self.prefix, self._state, **completed)
        except OSError as error:
            raise InterlockError(findings.not_writable(self.prefix, error)) from error
