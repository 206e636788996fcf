"""Lock files that rattler's own reader understands: ``pixi.lock`` in all of its versions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName, canonicalize_name
from rattler.exceptions import ParseCondaLockError
from rattler.lock import LockFile

from interlock.core.channels import is_conda_forge
from interlock.engines.rattler.convert import from_rattler

if TYPE_CHECKING:
    from pathlib import Path

    from interlock_hooks.types import CondaRecord


@dataclass(frozen=True, slots=True)
class LockedPackages:
    """What a lock file holds for one environment on one platform: conda records, and versions of PyPI packages."""

    records: tuple[CondaRecord, ...] = ()
    versions: tuple[tuple[NormalizedName, str], ...] = ()


class PixiLock:
    """A ``pixi.lock``. Raises :class:`ValueError` with the reason if it cannot be read."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = LockFile.from_path(path)
        except (ParseCondaLockError, OSError) as error:
            raise ValueError(str(error)) from None

    def packages(self, environment: str, platform: str) -> LockedPackages:
        """The packages of an environment on a conda subdir; none where the file does not have it.

        PyPI packages that come from a directory or repository are left out.
        """
        found = self._file.environment(environment)
        platforms = found.platforms() if found is not None else []
        target = next((each for each in platforms if str(each.subdir) == platform), None)
        if found is None or target is None:
            return LockedPackages()
        return LockedPackages(
            records=tuple(
                _with_own_names(from_rattler(record))
                for record in found.conda_repodata_records_for_platform(target) or ()
            ),
            versions=tuple(
                (canonicalize_name(each.name), each.version)
                for each in found.pypi_packages_for_platform(target) or ()
                if each.version and each.location.startswith(("http:", "https:"))
            ),
        )


def _with_own_names(record: CondaRecord) -> CondaRecord:
    """The record with the PyPI names that its channel states; for conda-forge, and where there are none, pixi decides.

    What pixi decides does not bind us: the record counts as one that says nothing.
    """
    stated = None if is_conda_forge(record.channel) else record.purls
    return replace(record, purls=stated or None)
