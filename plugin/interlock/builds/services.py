"""The build services of one run, shared by everything that builds in it: each shared store is opened once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from interlock.builds.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable

    from interlock.builds.service import BuildService
    from interlock.builds.sources.look import Look
    from interlock_hooks.types import Artifact, Event, StoreLocation


class BuildServices:
    """One build service for each set of shared stores; a store that does not work is waited for, and told of, once.

    Safe to use from several threads. ``emit`` gets the events of all builds. Those that run while several solves are
    locked take ``turns``, so that one budget does for all. ``looks`` are what archives and repositories show, which all
    of them have in common.
    """

    def __init__(self, emit: Callable[[Event], None]) -> None:
        self._emit = emit
        self._known: dict[tuple[StoreLocation, ...], BuildService] = {}
        self._one_at_a_time = threading.Lock()
        self.turns = Turns()
        self.looks: dict[Artifact, Look] = {}

    def using(self, shared: tuple[StoreLocation, ...]) -> BuildService:
        """The service over this user's store with those of ``shared``, and ``$INTERLOCK_STORE``, behind it."""
        # Imported here: where nothing is built, none of this is loaded.
        from interlock.builds.service import BuildService
        from interlock.builds.store.store import default_store

        with self._one_at_a_time:
            if shared not in self._known:
                self._known[shared] = BuildService(default_store(shared, self._emit), emit=self._emit)
            return self._known[shared]
