"""The journal of an install: the state file says what is about to change before it changes."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from interlock.install import findings
from interlock.install.state import State, save_state
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from pathlib import Path


class Journal:
    """The state of one prefix while an install works on it.

    A ``state`` that is assigned is written with the next change. ``changed`` tells whether there was any. Writing
    raises :class:`InterlockError` (IL611).
    """

    def __init__(self, prefix: Path, state: State) -> None:
        self.state = state
        self.changed = False
        self._prefix = prefix

    def begin(self) -> None:
        """Say that an install is under way, before its first change."""
        if not self.changed:
            self.changed = True
            self.record(replace(self.state, began=time.time_ns()))

    def record(self, state: State) -> None:
        """Write down a state of an install that is under way."""
        self.state = replace(state, complete=False)
        self._save()

    def complete(self, state: State, **kept: Any) -> None:
        """Write down the state of an install that ended; ``kept`` is what :func:`save_state` takes for that."""
        self.state = state
        self._save(**kept)

    def _save(self, **kept: Any) -> None:
        try:
            save_state(self._prefix, self.state, **kept)
        except OSError as error:
            raise InterlockError(findings.not_writable(self._prefix, error)) from error
