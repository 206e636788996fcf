"""Why a source or a wheel is not used; neither is an error of the user's as long as the package can be built."""

from __future__ import annotations


class UnlistedError(Exception):
    """A source of wheels cannot be read; the text is the reason, without passwords."""


class MisfitError(Exception):
    """A wheel contradicts the environment; the text is the reason."""
