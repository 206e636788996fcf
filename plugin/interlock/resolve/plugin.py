"""The built-in implementation of ``interlock_pypi_resolve``: uv."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock_hooks import hookimpl

if TYPE_CHECKING:
    from interlock_hooks.types import PyPIRequest, Resolution


class ResolvePlugin:
    """Resolves PyPI requests with uv."""

    @hookimpl
    def interlock_pypi_resolve(self, request: PyPIRequest) -> Resolution:
        """Resolve with conda-provided distributions pinned and without building anything.

        Raises :class:`~interlock_hooks.types.InterlockError` with IL3xx findings.
        """
        from interlock.resolve.uv.compile import resolve
        from interlock.resolve.uv.routes import resolve_routed

        return resolve_routed(request, resolve)
