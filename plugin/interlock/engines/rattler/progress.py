"""rattler's installation callbacks, reduced to: so many of so many operations done, working on these packages."""

from __future__ import annotations

import threading
from collections.abc import Callable

from rattler.install import InstallerReporter

from interlock.core.activity import so_far
from interlock.core.counting import named

Progress = Callable[[int, int, str], None]
_MOST_NAMED = 2


class ProgressReporter(InstallerReporter):
    """Counts operations and calls ``on_progress(done, total, packages)``; rattler calls it from threads of its own.

    ``total`` stays 0 when there was nothing to do. What is told of a download changes with each megabyte.
    ``on_unpacked(package)`` is called when a package lies in the cache, before any file of it is linked.
    """

    def __init__(self, on_progress: Progress | None, on_unpacked: Callable[[str], None]) -> None:
        self._on_progress = on_progress
        self._on_unpacked = on_unpacked
        self._lock = threading.Lock()
        self._done = 0
        self._names: dict[int, str] = {}
        # What is worked on, by operation, oldest first.
        self._at: dict[int, str] = {}
        self.total = 0

    def on_transaction_start(self, total_operations: int) -> None:
        """The number of operations is known."""
        self.total = total_operations
        self._report()

    def on_transaction_operation_complete(self, operation: int) -> None:
        """One package is completely linked, replaced or removed."""
        with self._lock:
            self._done += 1
            self._at.pop(operation, None)
        self._report()

    def on_populate_cache_start(self, operation: int, package_name: str) -> int:
        """A package is fetched and unpacked, unless the cache has it."""
        self._names[operation] = package_name
        return self._begin(operation, package_name)

    def on_download_start(self, cache_entry: int) -> int:
        """The download of a package begins."""
        return cache_entry

    def on_download_progress(self, download_idx: int, progress: int, total: int | None) -> None:
        """So many bytes of a package are here."""
        self._begin(download_idx, f"{self._names.get(download_idx, '')} ({so_far(progress, total)})")

    def on_populate_cache_complete(self, cache_entry: int) -> None:
        """A package is in the cache."""
        with self._lock:
            self._at.pop(cache_entry, None)
        self._on_unpacked(self._names[cache_entry])

    def on_link_start(self, operation: int, package_name: str) -> int:
        """The files of a package are put in place."""
        return self._begin(operation, package_name)

    def on_unlink_start(self, operation: int, package_name: str) -> int:
        """The files of a package are removed."""
        return self._begin(operation, package_name)

    def _begin(self, operation: int, what: str) -> int:
        with self._lock:
            known = self._at.get(operation)
            self._at[operation] = what
        if known != what:
            self._report()
        return operation

    def _report(self) -> None:
        if self._on_progress is None:
            return
        with self._lock:
            at = list(self._at.values())
        self._on_progress(self._done, self.total, named(at, _MOST_NAMED))
