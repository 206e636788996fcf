"""An install as a transaction: locked against other processes, recorded step by step, complete only at the end.

Every step first compares and then changes, so that it can be repeated. The state file is the journal: it says that an
install is under way from before the first change until the commit. Killed in between, the next transaction links
packages of which files are missing again and installs what has no complete ``RECORD``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout
from packaging.utils import NormalizedName, canonicalize_name, canonicalize_version

from interlock.engines.rattler.prefix_records import incomplete_records, installed_records, record_files
from interlock.engines.uv import install_packages, uninstall
from interlock.install import problems
from interlock.install.clashes import Clash, clash_findings, find_clashes
from interlock.install.sites import SiteDistribution, site_distributions, site_packages_of
from interlock.install.state import State, identity_of, installed_package, load_state, save_state
from interlock_hooks.types import (
    BuiltWheel,
    Event,
    FindingReported,
    InterlockError,
    LockedEnvironment,
    PyPIPackage,
    Severity,
    StageProgress,
)

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

    from interlock_hooks.types import CondaRecord


class Transaction:
    """One install of a locked environment into ``prefix``; use it as a context manager.

    The steps are called in the order of the methods. ``changed`` tells whether any of them found something to do.
    Raises :class:`InterlockError` on entering: IL610 and IL611 for a place that cannot hold an environment.
    """

    def __init__(self, prefix: Path, locked: LockedEnvironment, *, root: Path, emit: Callable[[Event], None]) -> None:
        self.prefix = prefix.absolute()
        self.changed = False
        self._locked = locked
        self._root = root
        self._emit = emit
        self._stack = ExitStack()
        self._site = site_packages_of(locked.conda)
        self._state = State(environment=locked.name, platform=locked.platform)

    def __enter__(self) -> Self:
        _check_place(self.prefix)
        self._stack.enter_context(_exclusive(self.prefix, self._emit))
        # Read only now: another process may have worked on the prefix while this one waited.
        old = load_state(self.prefix)
        self._interrupted = old is None or not old.complete
        if old is not None:
            self._state = replace(old, environment=self._locked.name, platform=self._locked.platform)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def python(self) -> Path:
        """The interpreter of the prefix."""
        return self.prefix / "bin" / "python"

    def link_conda(self) -> None:
        """Make the conda packages of the prefix those of the lock."""
        records = self._locked.conda.records
        present = {_identity(record): record for record in installed_records(self.prefix)}
        broken = incomplete_records(self.prefix) if self._interrupted and present else set()
        if present.keys() == {_identity(record) for record in records} and not broken:
            return
        self._begin()
        self._leave_old_python()
        # Imported here: where conda has nothing to do, rattler is not loaded.
        from interlock.engines.rattler.installer import install

        def progress(done: int, total: int, item: str) -> None:
            self._emit(StageProgress(stage="conda-install", done=done, total=total, item=item))

        install(self.prefix, records, on_progress=progress, reinstall=broken)

    def remove_extraneous(self) -> list[NormalizedName]:
        """Uninstall what Interlock or uv installed and the lock does not want; returns the names."""
        wanted = {package.name for package in self._locked.resolution.packages}
        provided = {entry.name for entry in self._locked.resolution.provided}
        extraneous = sorted(
            name
            for name, found in self._installed().items()
            if name not in wanted and name not in provided and (name in self._state.pypi or found.installer == "uv")
        )
        if extraneous:
            self._begin()
            uninstall(self.python, extraneous)
        gone = [name for name in self._state.pypi if name not in wanted]
        if gone:
            self._record(self._state.without(gone))
        return extraneous

    def install_wheels(self) -> int:
        """Install the packages of the lock that need no build, as far as they are missing; returns their number."""
        packages = [package for package in self._locked.resolution.packages if not package.needs_build]
        missing = self._missing({package: identity_of(package) for package in packages})
        self._install(missing, {})
        return len(missing)

    def needs_wheel(self, package: PyPIPackage) -> bool:
        """Whether the package has to be built and installed: not there, or from another artifact."""
        known = self._state.pypi.get(package.name)
        expected = identity_of(package)
        there = known is not None and known.identity.split(" built ")[0] == expected
        return not there or bool(self._missing({package: known.identity if known else expected}))

    def has_built(self, wheel: BuiltWheel) -> bool:
        """Whether exactly this built wheel is installed."""
        known = self._state.pypi.get(wheel.name)
        return known is not None and known.identity.endswith(f" built {wheel.sha256}")

    def install_built(self, package: PyPIPackage, wheel: BuiltWheel) -> None:
        """Install the wheel that was built of a package, unless it is there already."""
        if self._missing({package: installed_package(package, wheel).identity}):
            self._install([package], {package.name: wheel})

    def commit(self, *, inputs: Sequence[Path], report: Mapping[str, Any]) -> None:
        """Record that the prefix is complete: what it was made from, and the ``report`` that a no-op repeats."""
        minor = self._locked.resolution.python.minor if self._site else None
        state = replace(self._state, complete=True, python=minor, site_packages=self._site)
        save_state(self.prefix, state, inputs=inputs, report=report)

    def _missing(self, wanted: Mapping[PyPIPackage, str]) -> list[PyPIPackage]:
        """The packages that are not installed as the artifact with the given identity."""
        installed = self._installed()
        missing = []
        for package, identity in wanted.items():
            found = installed.get(package.name)
            known = self._state.pypi.get(package.name)
            if (
                known is None
                or found is None
                or not found.whole
                or known.identity != identity
                or not _same_version(found, known.version)
            ):
                missing.append(package)
        return missing

    def _install(self, packages: Sequence[PyPIPackage], wheels: Mapping[NormalizedName, BuiltWheel]) -> None:
        if not packages:
            return
        if self._site is None:
            raise InterlockError(problems.no_python(self._locked.name))
        for package in packages:
            provided = self._locked.resolution.get_provided(package.name)
            if provided is not None:
                raise InterlockError(problems.provided_by_conda(package.name, provided.record))
        self._begin()
        # uv takes an installed package of the right version for the right package; another artifact must replace it.
        stale = [package.name for package in packages if package.name in self._installed()]
        uninstall(self.python, stale)
        paths = {name: wheel.path for name, wheel in wheels.items()}
        install_packages(self.python, packages, wheels=paths, root=self._root)
        self._check_clashes(packages)
        state = self._state
        for package in packages:
            state = state.with_package(package.name, installed_package(package, wheels.get(package.name)))
        self._record(state)

    def _check_clashes(self, packages: Sequence[PyPIPackage]) -> None:
        """Raise if the packages that were just installed changed files of others, after taking them out again."""
        names = {package.name for package in packages}
        installed = self._installed()
        clashes = find_clashes(
            self.prefix,
            self._site or "",
            [found for name, found in installed.items() if name in names],
            [found for name, found in installed.items() if name in self._state.pypi and name not in names],
            record_files(self.prefix),
        )
        findings = clash_findings(clashes)
        errors = [finding for finding in findings if finding.severity is Severity.ERROR]
        if errors:
            self._undo(names, clashes)
            raise InterlockError(*errors)
        for finding in findings:
            self._emit(FindingReported(finding=finding))

    def _undo(self, names: set[NormalizedName], clashes: Sequence[Clash]) -> None:
        others = {canonicalize_name(clash.taken.split(" ")[0]) for clash in clashes if clash.conda is None}
        uninstall(self.python, sorted(names | (others & self._state.pypi.keys())))
        self._record(self._state.without(sorted(others)))
        damaged = {clash.conda for clash in clashes if clash.conda is not None}
        if damaged:
            from interlock.engines.rattler.installer import install

            install(self.prefix, self._locked.conda.records, reinstall=damaged)

    def _leave_old_python(self) -> None:
        """Before another minor version of python comes: its site-packages will not see what the old one holds."""
        old, new = self._state.site_packages, self._site
        if old is not None and old != new and self._state.pypi and self.python.exists():
            uninstall(self.python, sorted(self._state.pypi))
            self._record(self._state.without(list(self._state.pypi)))

    def _installed(self) -> dict[NormalizedName, SiteDistribution]:
        return site_distributions(self.prefix / self._site) if self._site else {}

    def _begin(self) -> None:
        if not self.changed:
            self.changed = True
            self._record(self._state)

    def _record(self, state: State) -> None:
        self._state = replace(state, complete=False, site_packages=self._site)
        try:
            save_state(self.prefix, self._state)
        except OSError as error:
            raise InterlockError(problems.not_writable(self.prefix, error)) from error


def _identity(record: CondaRecord) -> tuple[str, str, str, str | None]:
    return record.name, record.version, record.build, record.sha256 or record.md5


def _same_version(found: SiteDistribution, version: str | None) -> bool:
    return version is not None and canonicalize_version(found.version) == canonicalize_version(version)


def _check_place(prefix: Path) -> None:
    if prefix.is_dir():
        if not (prefix / "conda-meta").is_dir() and any(prefix.iterdir()):
            raise InterlockError(problems.foreign_directory(prefix))
        return
    for place in (prefix, *prefix.parents):
        if place.is_dir():
            break
        if place.exists() or place.is_symlink():
            raise InterlockError(problems.not_a_directory(place))


def _exclusive(prefix: Path, emit: Callable[[Event], None]) -> FileLock:
    """The lock on a prefix, acquired; it lies beside the prefix, so that removing that does not disturb it."""
    try:
        prefix.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(prefix.parent / f".{prefix.name}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            emit(FindingReported(finding=problems.waiting(prefix)))
            lock.acquire()
    except OSError as error:
        raise InterlockError(problems.not_writable(prefix.parent, error)) from error
    return lock
