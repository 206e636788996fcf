"""The properties of the target machines that the manifest declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interlock_hooks.types import CondaSolution

# A minimum that was only assumed does not forbid what this machine's compiler makes; one that somebody wrote down does.
_DECIDED = ("declared", "override", "plugin")


def declared_glibc(conda: CondaSolution) -> str | None:
    """The oldest glibc that the environment is to run with, if that was declared."""
    packages = (each for each in conda.virtual_packages if each.name == "__glibc" and each.origin in _DECIDED)
    return next((each.version for each in packages), None)
