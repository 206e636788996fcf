"""Requirements as the target machine sees them, which need not be this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.requirements import Requirement

    from interlock_hooks.types import PythonTarget

# conda subdir -> sys_platform, platform_system, os_name
_SYSTEMS = {
    "linux": ("linux", "Linux", "posix"),
    "osx": ("darwin", "Darwin", "posix"),
    "win": ("win32", "Windows", "nt"),
}
_MACHINES = {
    "linux-64": "x86_64",
    "linux-aarch64": "aarch64",
    "linux-ppc64le": "ppc64le",
    "osx-64": "x86_64",
    "osx-arm64": "arm64",
    "win-64": "AMD64",
    "win-arm64": "ARM64",
}


def marker_environment(python: PythonTarget) -> dict[str, str]:
    """The variables of environment markers (PEP 508) for an interpreter on a platform."""
    system, name, os_name = _SYSTEMS.get(python.platform.split("-")[0], ("linux", "Linux", "posix"))
    return {
        "implementation_name": python.implementation,
        "implementation_version": python.version,
        "os_name": os_name,
        "platform_machine": _MACHINES.get(python.platform, ""),
        "platform_python_implementation": "CPython" if python.implementation == "cpython" else python.implementation,
        "platform_release": "",
        "platform_system": name,
        "platform_version": "",
        "python_full_version": python.version,
        "python_version": python.minor,
        "sys_platform": system,
        "extra": "",
    }


def applies(requirement: Requirement, python: PythonTarget) -> bool:
    """Whether a requirement's marker holds for the target."""
    return requirement.marker is None or requirement.marker.evaluate({**marker_environment(python)})
