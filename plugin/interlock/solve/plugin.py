"""The built-in implementations of the hooks for conda."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from interlock_hooks import hookimpl

if TYPE_CHECKING:
    from interlock_hooks.types import (
        CondaRecord,
        CondaRequest,
        CondaSolution,
        EnvironmentRequest,
        Finding,
        VirtualPackage,
    )


class SolvePlugin:
    """Solves conda requests with rattler."""

    @hookimpl
    def interlock_virtual_packages(self, request: EnvironmentRequest) -> list[VirtualPackage]:
        """What is declared, overridden, detected, and else what every machine of the platform has.

        Raises :class:`~interlock_hooks.types.InterlockError` (IL212, IL213).
        """
        # Loaded inside the hooks, here and below: commands that need no solve start without any of it.
        from interlock.core.platforms import current_platform
        from interlock.engines.rattler.detect import detect_driver
        from interlock.solve.virtual import known_virtual_packages

        return known_virtual_packages(request, os.environ, current_platform(), detect_driver)

    @hookimpl
    def interlock_conda_solve(self, request: CondaRequest) -> CondaSolution:
        """Solve with rattler.

        Raises :class:`~interlock_hooks.types.InterlockError` with IL2xx findings.
        """
        from interlock.engines.rattler.solver import solve

        return solve(request)

    @hookimpl
    def interlock_check_resolution(self, conda: CondaSolution, request: EnvironmentRequest) -> list[Finding]:
        """An interpreter that requires-python excludes and the manifest asks conda for (IL216)."""
        from interlock.solve.request import check_python

        return check_python(request, conda)

    @hookimpl
    def interlock_pypi_names(self, record: CondaRecord, request: EnvironmentRequest) -> list[str] | None:
        """What the record says, what conda-forge's map says; ``None`` about packages of other channels."""
        from interlock.solve.names import default_names

        found = default_names(record, request)
        return None if found is None else list(found.names)
