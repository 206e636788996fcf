"""An install as a transaction: locked against other processes, recorded step by step, complete only at the end.

Every step first compares and then changes, so that it can be repeated. The state file is the journal: it says that an
install is under way from before the first change until the commit. Killed in between, or changed by other tools since,
the prefix is compared file by file the next time, and what is not whole is linked or installed again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from interlock.engines.python.distributions import site_packages_in
from interlock.engines.rattler.prefix_records import (
    drop_staged,
    incomplete_records,
    installed_records,
    record_identity,
)
from interlock.install import findings
from interlock.install.allowed import check_allowed, check_ecosystems
from interlock.install.guard import Guard
from interlock.install.journal import Journal
from interlock.install.listing import installed_record
from interlock.install.options import InstallOptions
from interlock.install.place import check_place, exclusive, remove_prefix
from interlock.install.placing import Placer
from interlock.install.repair import Repair
from interlock.install.restoring import Restorer
from interlock.install.state import (
    State,
    identity_of,
    installed_entries,
    installed_package,
    is_doubtful,
    load_state,
)
from interlock_hooks.types import (
    BuiltWheel,
    CondaRecord,
    Event,
    FindingReported,
    InterlockError,
    LockedEnvironment,
    PyPIPackage,
)

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from packaging.utils import NormalizedName
    from typing_extensions import Self

    from interlock.core.globs import Pattern
    from interlock.engines.python.distributions import SiteDistribution


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
        self._locked = locked
        self._root = root
        self._emit = emit
        self._options = options
        self._stack = ExitStack()
        self._site = site_packages_in(locked)
        self._doubtful = True
        self._broken: set[str] = set()
        self._renews = False
        self._journal = Journal(self.prefix, State(environment=locked.name, platform=locked.platform))
        self._guard = Guard(self.prefix, self._site or "")
        self._repair = Repair(self._guard, emit)
        self._placer = Placer(self.prefix, locked, self._guard, self._journal, root=root, emit=emit)
        self._restorer = Restorer(self.prefix, locked, self._guard, self._journal, self._placer, emit=emit)

    def __enter__(self) -> Self:
        check_place(self.prefix)
        self._stack.enter_context(exclusive(self.prefix, self._emit, timeout=self._options.lock_timeout))
        try:
            self._look()
            if self._options.repair or self._journal.state.repairing:
                # Recorded with the first change: what an interrupted repair leaves damaged is not complete.
                self._journal.state = replace(self._journal.state, repairing=True)
                self._repair.look(self._placer.ours(self._placer.installed()))
            self._broken = self._broken_conda()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def changed(self) -> bool:
        """Whether any step found something to do."""
        return self._journal.changed

    @property
    def python(self) -> Path:
        """The interpreter of the prefix."""
        return self._placer.python

    @property
    def renews(self) -> bool:
        """Whether a whole environment is there, which stays as it is until all that is to come is known to fit."""
        return self._renews

    def check_ahead(
        self,
        unlinked: Sequence[CondaRecord],
        wheels: Sequence[PyPIPackage],
        files: Mapping[NormalizedName, Path],
    ) -> None:
        """Compare the files of all that is to come with each other and with what stays, before anything is changed.

        These are the ``unlinked`` conda packages, as far as they are unpacked, and the ``wheels`` that are missing, as
        far as they are among the ``files`` or were seen before. Raises :class:`InterlockError` (IL612).
        """
        if wheels or unlinked:
            coming = {record.name for record in unlinked}
            linked = {record.name for record in self._locked.conda.records} - coming
            expected = self._guard.coming(wheels, files)
            self._guard.check_coming(expected, self._staying(wheels), staying=linked, unlinked=unlinked)

    def link_conda(self) -> None:
        """Make the conda packages of the prefix those of the lock; what the lock has from conda leaves PyPI first."""
        if self._doubtful:
            drop_staged(self.prefix)
        self._make_way()
        records = self._locked.conda.records
        present = self._conda_present()
        if present != {record_identity(record) for record in records} or self._broken:
            self._journal.begin()
            self._leave_old_python()
            self._placer.link(reinstall=self._broken)
            beside = self._placer.ours(self._placer.installed())
            if stale := self._repair.stale_conda(records, beside):
                self._placer.link(reinstall=stale)
                self._repair.require_whole_conda(beside)
        if self.changed or self._doubtful:
            check_ecosystems(self._locked.resolution.packages, self._locked, self._guard)
        self._journal.state = replace(self._journal.state, site_packages=self._site)

    def missing_conda(self) -> list[CondaRecord]:
        """The conda packages of the lock that are not linked, or not whole."""
        present, records = self._conda_present(), self._locked.conda.records
        return [record for record in records if record_identity(record) not in present or record.name in self._broken]

    def remove_extraneous(self) -> list[NormalizedName]:
        """Uninstall what Interlock or uv installed and the lock does not want; returns the names."""
        wanted = {package.name for package in self._locked.resolution.packages}
        provided = {entry.name for entry in self._locked.resolution.provided}
        extraneous = sorted(
            name
            for name, found in self._placer.installed().items()
            if name not in wanted and name not in provided and self._is_extraneous(found)
        )
        self._placer.uninstall(extraneous)
        gone = [name for name in self._journal.state.pypi if name not in wanted]
        if gone:
            self._journal.begin()
            self._journal.record(self._journal.state.without(gone))
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
        inputs: Mapping[Path | Pattern, int],
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
        state = self._journal.state
        here = self._placer.installed().keys() & state.pypi.keys()
        lost = [package.name for package in self._locked.resolution.packages if package.name not in here]
        if lost:
            raise InterlockError(findings.incomplete(tuple(lost)))
        minor = self._locked.resolution.python.minor if self._site else None
        state = state.completed(python=minor, site_packages=self._site, frozen=frozen, chosen=chosen)
        packages = installed_record(self.prefix, state, self._locked)
        self._journal.complete(
            state, inputs=inputs, report=report, activation=activation, packages=packages, graph=graph
        )

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
        self._journal.state = replace(old, environment=self._locked.name, platform=self._locked.platform)
        self._doubtful = is_doubtful(self.prefix, old)
        self._renews = old.complete

    def _conda_present(self) -> set[tuple[str, str, str, str | None]]:
        return {record_identity(record) for record in installed_records(self.prefix)}

    def _broken_conda(self) -> set[str]:
        """The conda packages that are there and not whole; looking for their files takes long."""
        broken = incomplete_records(self.prefix) if self._doubtful else set()
        return broken | (self._repair.conda & {record.name for record in self._locked.conda.records})

    def _make_way(self) -> None:
        """Uninstall from PyPI what conda is to supply: afterwards, that would remove conda's files."""
        provided = {entry.name for entry in self._locked.resolution.provided}
        found = self._placer.installed_before()
        self._placer.uninstall(
            sorted(name for name, each in found.items() if name in provided and self._is_from_pypi(each)),
            found,
        )

    def _leave_old_python(self) -> None:
        """Before another minor version of python comes: its site-packages will not see what the old one holds."""
        state = self._journal.state
        if state.site_packages not in (None, self._site) and state.pypi:
            found = self._placer.installed_before()
            self._placer.uninstall(sorted(name for name in found if name in state.pypi), found)
            self._journal.record(self._journal.state.without(list(state.pypi)))

    def _missing(self, wanted: Mapping[PyPIPackage, str]) -> list[PyPIPackage]:
        """The packages that are not installed as the artifact with the given identity."""
        installed, pypi = self._placer.installed(), self._journal.state.pypi
        missing = []
        for package, identity in wanted.items():
            found = installed.get(package.name)
            known = pypi.get(package.name)
            if known is None or found is None or known.identity != identity or not self._is_ours(found, known.version):
                missing.append(package)
        return missing

    def _staying(self, missing: Sequence[PyPIPackage]) -> list[SiteDistribution]:
        """The distributions that no step will replace or remove; one that was built may be built again."""
        names = {package.name for package in self._locked.resolution.packages if not package.needs_build}
        names -= {package.name for package in missing}
        return [each for each in self._placer.ours(self._placer.installed()) if each.name in names]

    def _replaced_later(self, installed: Sequence[SiteDistribution]) -> list[SiteDistribution]:
        """Those of which the lock has another version: a later step installs that."""
        versions = {package.name: package.version for package in self._locked.resolution.packages}
        return [each for each in installed if each.name in versions and not each.has_version(versions[each.name])]

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
        before = self._placer.installed()
        paths = {**(files or {}), **{name: wheel.path for name, wheel in wheels.items()}}
        names = {package.name for package in packages}
        others = self._placer.ours(before, without=names)
        replaced = self._replaced_later(others)
        coming = self._guard.coming(packages, paths)
        self._guard.check_coming(coming, [each for each in others if each not in replaced])
        self._journal.begin()
        if way := self._guard.in_the_way(coming, replaced):
            self._placer.uninstall(way)
            self._journal.record(self._journal.state.without(way))
            before = self._placer.installed()
        incomplete = self._placer.place(packages, paths, before)
        self._restorer.check(packages, before)
        self._journal.record(self._journal.state.with_packages(installed_entries(packages, wheels)))
        self._restorer.restore(incomplete)
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

    def _parted(self, names: Collection[str]) -> tuple[list[SiteDistribution], list[SiteDistribution]]:
        """The distributions of these names, and the others that were installed here."""
        here = self._placer.installed() if names else {}
        return [each for name, each in here.items() if name in names], self._placer.ours(here, without=names)

    def _is_from_pypi(self, found: SiteDistribution) -> bool:
        return found.installer in _PYPI_INSTALLERS and not self._guard.is_of_conda(found)

    def _is_extraneous(self, found: SiteDistribution) -> bool:
        if found.name in self._journal.state.pypi:
            return True
        return found.installer == "uv" and not self._guard.is_of_conda(found)
