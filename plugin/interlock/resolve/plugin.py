"""The built-in implementation of ``interlock_pypi_resolve``: uv."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock_hooks import hookimpl

if TYPE_CHECKING:
    from collections.abc import Callable

    from interlock_hooks.types import Event, PyPIRequest, Resolution


class ResolvePlugin:
    """Resolves PyPI requests with uv; ``emit`` receives what uv warns of."""

    def __init__(self, emit: Callable[[Event], None]) -> None:
        self._emit = emit
        self._told: set[Event] = set()

    @hookimpl
    def interlock_pypi_resolve(self, request: PyPIRequest) -> Resolution:
        """Resolve with conda-provided distributions pinned and without building anything.

        Raises :class:`~interlock_hooks.types.InterlockError` with IL3xx findings.
        """
        from interlock.resolve.uv.compile import resolve
        from interlock.resolve.uv.routes import resolve_routed

        return resolve_routed(request, lambda routed: resolve(routed, self._tell_once))

    def _tell_once(self, event: Event) -> None:
        # Resolving again with more metadata meets the same warnings again.
        if event not in self._told:
            self._told.add(event)
            self._emit(event)
