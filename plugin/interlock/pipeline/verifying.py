"""What a built wheel says of itself, compared with what was believed when it was locked.

Where the two differ, the environment was resolved for something else: nothing of it is installed, and what was believed
is remembered to be wrong, so that the next lock knows better.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from interlock.builds.run.wheelfile import read_wheel_metadata
from interlock.builds.store.refuted import remember_refuted
from interlock.lock.findings import source_changed
from interlock.pipeline.findings import metadata_overridden, metadata_refuted
from interlock.resolve.agreement import differences
from interlock.resolve.changed import contradictions
from interlock_hooks.types import InterlockError, Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from interlock.builds.plan.planner import Planner
    from interlock_hooks.types import (
        BuiltWheel,
        EnvironmentRequest,
        Finding,
        LockedEnvironment,
        Metadata,
        PyPIPackage,
    )


class Verifier:
    """Compares built wheels, those of the store as well, with a lock; ``frozen`` says that it is installed unread."""

    def __init__(
        self, locked: LockedEnvironment, request: EnvironmentRequest, planner: Callable[[], Planner], *, frozen: bool
    ) -> None:
        self._locked = locked
        self._request = request
        self._planner = planner
        self._frozen = frozen

    def verify(self, package: PyPIPackage, wheel: BuiltWheel) -> list[Finding]:
        """What there is to tell of a wheel that may be installed.

        Raises :class:`InterlockError`: IL554 where it requires something else than the lock believes, IL607 where that
        is because its source changed, or where its version is one that others refuse.
        """
        said, resolution = read_wheel_metadata(wheel.path, package), self._locked.resolution
        believed = resolution.metadata_of(package)
        found = differences(said, package, resolution, self._request)
        if believed is not None and believed.origin == "manifest":
            return [metadata_overridden(package, found)] if found else []
        changed = package.artifact.kind == "directory" and self._may_have_changed(package, believed)
        if found and not changed:
            self._remember(package, believed, said)
            if package.artifact.kind != "directory":
                raise InterlockError(metadata_refuted(package, believed, found))
        others = contradictions(said, package, resolution, self._request)
        if not found and not others:
            return []
        found = others or ("its wheel requires something else than the lock has", *found)
        if package.is_source_tree and not self._frozen:
            raise InterlockError(source_changed(package, found, severity=Severity.ERROR))
        return [source_changed(package, found, severity=Severity.WARNING)]

    def _may_have_changed(self, package: PyPIPackage, believed: Metadata | None) -> bool:
        """Whether a directory may say something else than when it was locked."""
        if believed is None or believed.origin != "static":
            return believed is not None and believed.origin == "backend"
        # Imported here: hardly any package is a directory.
        from interlock.builds.sources.static.proof import proven_metadata

        now = proven_metadata(self._planner().static_metadata(package), package)
        return now is None or now.requires_dist != believed.requires_dist

    def _remember(self, package: PyPIPackage, believed: Metadata | None, said: Metadata) -> None:
        origin = "sdist" if believed is None else believed.origin
        # Without it the next lock believes the same, and the next build refutes it again.
        with suppress(OSError):
            python, root = self._locked.resolution.python, self._request.root
            remember_refuted(package.artifact, python, root, origin, said)
