"""Conda packages come into rattler's cache before any is linked or removed where it is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.scratch import build_directory
from interlock.engines.rattler.installer import install
from interlock.engines.rattler.prefix_records import copy_records
from interlock.engines.rattler.unpacked import are_unpacked
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from interlock.engines.rattler.progress import Progress
    from interlock_hooks.types import CondaRecord


def unpack_ahead(
    prefix: Path, records: Sequence[CondaRecord], unlinked: Sequence[CondaRecord], *, on_progress: Progress
) -> None:
    """Have rattler's cache hold the packages among ``records`` that are ``unlinked`` in ``prefix``.

    rattler has no call that only unpacks. So these are linked into a directory that nobody wants, which seems to have
    the others. Raises :class:`InterlockError` as the installer does for what cannot be had.
    """
    with build_directory("unpack") as folder:
        nowhere = folder / "prefix"
        copy_records(prefix, nowhere, records)
        try:
            install(nowhere, records, on_progress=on_progress)
        except InterlockError:
            # Of all else that is wrong the install itself tells, if it is wrong there as well.
            if not are_unpacked(unlinked):
                raise
