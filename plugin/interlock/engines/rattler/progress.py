"""rattler's installation callbacks, reduced to: so many of so many operations done, working on this package."""

from __future__ import annotations

import threading
from collections.abc import Callable

from rattler.install import InstallerReporter

Progress = Callable[[int, int, str], None]


class ProgressReporter(InstallerReporter):
    """Counts operations and calls ``on_progress(done, total, package)``; rattler calls it from threads of its own.

    ``total`` stays 0 when there was nothing to do.
    """

    def __init__(self, on_progress: Progress | None) -> None:
        self._on_progress = on_progress
        self._lock = threading.Lock()
        self._done = 0
        self.total = 0

    def on_transaction_start(self, total_operations: int) -> None:
        """The number of operations is known."""
        self.total = total_operations
        self._report("")

    def on_transaction_operation_complete(self, operation: int) -> None:  # noqa: ARG002 - rattler's signature
        """One package is completely linked, replaced or removed."""
        with self._lock:
            self._done += 1
        self._report("")

    def on_populate_cache_start(self, operation: int, package_name: str) -> int:
        """A package is fetched and unpacked, unless the cache has it."""
        self._report(package_name)
        return operation

    def on_link_start(self, operation: int, package_name: str) -> int:
        """The files of a package are put in place."""
        self._report(package_name)
        return operation

    def on_unlink_start(self, operation: int, package_name: str) -> int:
        """The files of a package are removed."""
        self._report(package_name)
        return operation

    def _report(self, item: str) -> None:
        if self._on_progress is not None:
            self._on_progress(self._done, self.total, item)
