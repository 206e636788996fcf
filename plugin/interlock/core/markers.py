"""Environment markers (PEP 508) as the target sees them, which need not be this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.platforms import find_subdir

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from packaging.markers import Marker
    from packaging.requirements import Requirement

    from interlock_hooks.types import PythonTarget

    Variables = Mapping[str, str | AbstractSet[str]]

_IMPLEMENTATIONS = {"cpython": "CPython", "pypy": "PyPy"}
# Legal in every marker, but only a lock file selects any of the last two (PEP 751).
NOTHING_SELECTED: Variables = {"extra": "", "extras": frozenset(), "dependency_groups": frozenset()}


def marker_environment(python: PythonTarget) -> Variables:
    """The variables for an interpreter on a platform; those that differ from machine to machine are empty.

    Raises :class:`~interlock_hooks.types.InterlockError` (IL213) for a platform that conda does not have.
    """
    subdir = find_subdir(python.platform)
    return {
        "implementation_name": python.implementation,
        "implementation_version": python.version,
        "os_name": subdir.system.os_name,
        "platform_machine": subdir.machine,
        "platform_python_implementation": _IMPLEMENTATIONS.get(python.implementation, python.implementation),
        "platform_release": "",
        "platform_system": subdir.system.platform_system,
        "platform_version": "",
        "python_full_version": python.version,
        "python_version": python.minor,
        "sys_platform": subdir.system.sys_platform,
    }


def applies(requirement: Requirement, python: PythonTarget, *, extra: str = "") -> bool:
    """Whether a requirement's marker holds for the target, with one extra if it is named."""
    return holds(requirement.marker, {**marker_environment(python), "extra": extra})


def holds(marker: Marker | None, variables: Variables) -> bool:
    """Whether a marker holds where the variables have these values; no extra is asked for unless they name one.

    One with a comparison that has no meaning (``os_name ~= 'x'``) holds: uv passes over it as well.
    """
    try:
        return marker is None or marker.evaluate({**NOTHING_SELECTED, **variables})
    except ValueError:
        return True
