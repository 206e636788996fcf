"""Linking conda records into a prefix."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from rattler import Client, RepoDataRecord
from rattler import install as rattler_install

from interlock.core.activity import Tell, teller
from interlock.core.codes import WRONG_HASH
from interlock.engines.python.distributions import site_packages_of
from interlock.engines.rattler.archives import check_local_archives
from interlock.engines.rattler.caches import package_cache_dir
from interlock.engines.rattler.contents import Admission, check_names, moved_to
from interlock.engines.rattler.convert import to_rattler
from interlock.engines.rattler.errors import translated
from interlock.engines.rattler.findings import PACKAGE_DAMAGED, not_writable
from interlock.engines.rattler.prefix_records import drop_unreadable, installed_records, record_identity
from interlock.engines.rattler.progress import Progress, ProgressReporter
from interlock.engines.rattler.runtime import client, run
from interlock_hooks.types import CondaRecord, CondaSolution, InterlockError

if TYPE_CHECKING:
    from pathlib import Path


def install(
    prefix: Path,
    records: Sequence[CondaRecord],
    *,
    on_progress: Progress | None = None,
    reinstall: Collection[str] = (),
) -> bool:
    """Make the conda packages of ``prefix`` exactly ``records``; say whether anything was changed.

    Packages that are there already stay, others are removed; packages named in ``reinstall`` are linked again. Files
    that no conda package owns are left alone, except where a new package has a file of the same path: that one wins.
    Link scripts of packages are not run, and byte code is not compiled. ``on_progress(done, total, packages)`` is
    called from other threads; without it, who listens to engines is told.

    An interrupted call leaves only whole packages recorded; the next one completes the rest. Raises
    :class:`InterlockError`: IL203 and IL206 to IL208 when a package cannot be had, IL501 for a wrong hash, IL651 to
    IL653 when it cannot be put in place.
    """
    target = prefix.absolute()
    check_names(records)
    _check_writable(target)
    drop_unreadable(target)
    present = {record_identity(record) for record in installed_records(target)}
    wanted = {record_identity(record) for record in records}
    if present == wanted and not reinstall:
        return False
    check_local_archives(
        record for record in records if record_identity(record) not in present or record.name in reinstall
    )
    site = site_packages_of(CondaSolution(platform="", records=tuple(records)))
    admission = Admission(records, target, moved_to(site))
    # rattler's own methods do nothing, which mypy takes for abstract.
    reporter = ProgressReporter(on_progress or _told(teller()), admission.look)  # type: ignore[abstract]
    prepared = to_rattler(records)
    for attempt in ("first", "last"):
        try:
            with admission.required(), translated(str(target), addresses=[record.url for record in records]):
                run(_install(prepared, target, reporter, client(), set(reinstall)))
            break
        except InterlockError as error:
            # A proxy or mirror may have damaged a package this once.
            if error.findings[0].code not in (WRONG_HASH, PACKAGE_DAMAGED.code):
                raise
            if attempt == "last":
                raise _served_another(error, records) from error
    return reporter.total > 0


def _served_another(error: InterlockError, records: Sequence[CondaRecord]) -> InterlockError:
    """The same, with both hashes if it is the server that has another file."""
    # Imported here: it brings an HTTP client, which no install that works needs.
    from interlock.engines.hashes import Recorded, changed_files

    told = "\n".join((error.findings[0].why, *error.findings[0].details))
    named = [record for record in records if record.file_name in told]
    changed = changed_files(Recorded(record.file_name, record.url, record.sha256) for record in named)
    return InterlockError(*changed) if changed else error


def _told(tell: Tell) -> Progress:
    return lambda done, total, packages: tell(f"{done}/{total} {packages}".rstrip())


async def _install(
    records: list[RepoDataRecord], target: Path, reporter: ProgressReporter, http: Client, reinstall: set[str]
) -> None:
    await rattler_install(
        records,
        target,
        cache_dir=package_cache_dir(),
        reinstall_packages=reinstall,
        execute_link_scripts=False,
        show_progress=False,
        client=http,
        reporter=reporter,
    )


def _check_writable(prefix: Path) -> None:
    # Found out before anything is removed: rattler would stop in the middle of a transaction.
    try:
        (prefix / "conda-meta").mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=prefix / "conda-meta"):
            pass
    except OSError as error:
        raise InterlockError(not_writable(prefix, error)) from error
