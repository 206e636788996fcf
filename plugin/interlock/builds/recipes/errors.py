"""What stops the build of a recipe, where others have to tell it apart."""

from __future__ import annotations

from interlock_hooks.types import InterlockError


class NotHereError(InterlockError):
    """A package cannot be built on this machine for the platform that is asked for.

    It refuses the environments that contain it there, and no others.
    """
