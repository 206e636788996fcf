"""The guard once more, for changes that conda makes without a solve: to a revision, or from a list of packages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from conda.core.path_actions import Action

from interlock.hosts.conda.guard import guard
from interlock.install.fresh import read_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conda.models.records import PackageRecord


class Guarded(Action):
    """Refuses a transaction when conda prepares it: what it verifies later may be switched off (``safety_checks``)."""

    def __init__(
        self,
        context: dict[str, str],
        prefix: str,
        removed: Sequence[PackageRecord],
        added: Sequence[PackageRecord],
        *others: object,
    ) -> None:
        super().__init__(context, prefix, removed, added, *others)
        # Most transactions are for environments that Interlock has not made.
        if read_state(prefix) is not None and not _is_removal(prefix, removed, added):
            guard(prefix, removed, added)

    def verify(self) -> None:
        """Nothing is left to verify."""
        self._verified = True

    def execute(self) -> None:
        """Nothing is changed."""

    def reverse(self) -> None:
        """Nothing was changed."""

    def cleanup(self) -> None:
        """Nothing was left."""


def _is_removal(prefix: str, removed: Sequence[PackageRecord], added: Sequence[PackageRecord]) -> bool:
    """Whether no package of conda stays, as when the whole environment is removed."""
    from interlock.engines.rattler.prefix_records import installed_records

    return not added and {each.name for each in removed} >= {each.name for each in installed_records(Path(prefix))}
