"""Why a source or a wheel is not used; neither is an error of the user's as long as the package can be built."""

from __future__ import annotations

from interlock.core.codes import NOT_CACHED
from interlock.core.findings import not_cached_for
from interlock_hooks.types import InterlockError


class UnlistedError(Exception):
    """A source of wheels cannot be read; the text is the reason, without passwords."""


class MisfitError(Exception):
    """A wheel contradicts the environment; the text is the reason."""


def raise_if_not_cached(error: BaseException, package: str) -> None:
    """Raise :class:`InterlockError` (IL650) if a wheel cannot be read only because no cache has it: it may well fit."""
    if isinstance(error, InterlockError) and error.findings[0].code == NOT_CACHED:
        raise InterlockError(not_cached_for(package, error.findings[0])) from error
