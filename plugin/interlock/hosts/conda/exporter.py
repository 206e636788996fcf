"""``conda export --format interlock-lock``: the lock that an environment was made from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from interlock.hosts.conda.errors import condas_errors
from interlock.project.prefixes import lock_text

if TYPE_CHECKING:
    from conda.models.environment import Environment


def export(environment: Environment) -> str:
    """The text of the lock; it goes beside a copy of the manifest. Raises :class:`conda.CondaError`."""
    with condas_errors():
        return lock_text(Path(environment.prefix))
