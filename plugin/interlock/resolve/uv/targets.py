"""uv's names for the interpreter and platform to resolve for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.platforms import DEFAULT_MACOS, SUBDIRS
from interlock.core.tags import glibc_minor
from interlock.resolve.uv.findings import unknown_target
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from interlock_hooks.types import PythonTarget

# The C library versions for which uv knows a platform name.
_MANYLINUX_MINORS = (17, 28, *range(31, 41))


def uv_platform(python: PythonTarget) -> str:
    """The value of uv's ``--python-platform``; the newest one that the target's C library satisfies.

    Raises :class:`InterlockError` (IL307) for a platform or interpreter that PyPI packages cannot be resolved for.
    """
    known = {subdir.name: subdir.uv for subdir in SUBDIRS.values() if subdir.uv}
    if python.platform not in known or python.implementation != "cpython":
        raise InterlockError(unknown_target(python, known))
    fitting = (minor for minor in _MANYLINUX_MINORS if minor <= glibc_minor(python))
    return known[python.platform].format(minor=max(fitting, default=_MANYLINUX_MINORS[0]))


def uv_variables(python: PythonTarget) -> dict[str, str]:
    """Environment variables by which uv learns of the target what has no option."""
    if not python.platform.startswith("osx-"):
        return {}
    return {"MACOSX_DEPLOYMENT_TARGET": python.macos or DEFAULT_MACOS}
