"""Keeps conda from breaking an environment that Interlock has made: asked before anything changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from conda.base.context import context

from interlock.install.fresh import read_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conda.models.records import PackageRecord

    from interlock.project.coherence import Conda


def guard(prefix: str, removed: Sequence[PackageRecord], added: Sequence[PackageRecord]) -> None:
    """Raise :class:`conda.CondaError` (IL682) if what conda is about to do breaks what Interlock installed."""
    if not context.plugins.interlock_guard or read_state(prefix) is None:
        return
    # Imported here: this runs in every install of conda.
    from interlock.hosts.conda.errors import condas_errors
    from interlock.project.coherence import check_change

    with condas_errors():
        check_change(Path(prefix), removed=_plain(removed), added=_plain(added))


def _plain(records: Iterable[PackageRecord]) -> dict[str, Conda]:
    from interlock.project.coherence import Conda

    return {each.name: Conda(each.name, each.version, each.build, tuple(each.depends)) for each in records}
