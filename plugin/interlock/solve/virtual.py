"""The virtual packages of a lock's target, and where their versions come from.

What the manifest declares beats ``CONDA_OVERRIDE_*`` variables, they beat plugins, these beat detection, and that beats
the platform's documented minimums. The minimums, not this machine, decide about the C library, the kernel and the
processor, so that a lock does not depend on where it was made. The one thing that is detected is the CUDA driver, and
only when the lock is for this machine's own platform and the manifest declares no system requirement at all: a
manifest with some describes the target, and a GPU that it does not describe is not there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from interlock.core.platforms import find_subdir
from interlock.solve.findings import invalid_processor, invalid_version
from interlock.solve.platforms import default_virtual_packages
from interlock_hooks.types import (
    EnvironmentRequest,
    InterlockError,
    SystemRequirement,
    VirtualPackage,
    VirtualPackageOrigin,
)

_RANK: dict[VirtualPackageOrigin, int] = {"declared": 0, "override": 1, "plugin": 2, "detected": 3, "default": 4}
_OVERRIDES = {
    "CONDA_OVERRIDE_CUDA": "__cuda",
    "CONDA_OVERRIDE_CUDA_ARCH": "__cuda_arch",
    "CONDA_OVERRIDE_GLIBC": "__glibc",
    "CONDA_OVERRIDE_LINUX": "__linux",
    "CONDA_OVERRIDE_OSX": "__osx",
    "CONDA_OVERRIDE_WIN": "__win",
    "CONDA_OVERRIDE_ARCHSPEC": "__archspec",
}
_ONLY_ON = {"__glibc": "linux", "__linux": "linux", "__osx": "osx", "__win": "win"}
_VERSION = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})*")
_PROCESSOR = re.compile(r"[A-Za-z0-9_.+-]+")


def merge_virtual_packages(request: EnvironmentRequest, found: Iterable[VirtualPackage]) -> tuple[VirtualPackage, ...]:
    """One virtual package of each name, in order of names: the one whose origin has most to say.

    ``found`` is what all plugins, built-in ones included, returned for ``request``. Of several with the same origin the
    first counts. Packages without a version are absent on purpose and left out.
    """
    system = request.platform.partition("-")[0]
    chosen: dict[str, VirtualPackage] = {}
    for package in sorted(found, key=lambda package: _RANK[package.origin]):
        if _ONLY_ON.get(package.name, system) == system:
            chosen.setdefault(package.name, package)
    return tuple(chosen[name] for name in sorted(chosen) if chosen[name].version)


def known_virtual_packages(
    request: EnvironmentRequest,
    variables: Mapping[str, str],
    current_platform: str,
    detect: Callable[[], Iterable[VirtualPackage]],
) -> list[VirtualPackage]:
    """All that Interlock itself knows of the target, unmerged; ``detect`` is called only when it matters.

    Raises :class:`InterlockError`: IL212 if a declared or overriding version is not valid, IL213 for a platform.
    """
    packages = [*default_virtual_packages(request.platform), *_overrides(variables)]
    packages += [_declared(requirement) for requirement in request.system_requirements]
    decided = any(package.name == "__cuda" for package in packages) or bool(request.system_requirements)
    if request.platform == current_platform and not decided:
        packages += [package for package in detect() if package.name == "__cuda"]
    return packages


def machine_packages(
    variables: Mapping[str, str], detect: Callable[[], Iterable[VirtualPackage]]
) -> dict[str, VirtualPackage]:
    """The virtual packages of this machine by name, as detected and as ``CONDA_OVERRIDE_*`` variables have them."""
    packages = {package.name: package for package in [*detect(), *_overrides(variables)]}
    return {name: package for name, package in packages.items() if package.version}


def lacking(
    machine: Mapping[str, VirtualPackage], platform: str, requirements: Iterable[SystemRequirement]
) -> tuple[SystemRequirement, ...]:
    """The requirements that a machine of a platform does not meet: it lacks the property, or has less of it.

    A processor is compared by its name: a machine has that of its own and the one that its packages are made for.
    Raises :class:`InterlockError` (IL213) for a platform that is not known.
    """
    processor = find_subdir(platform).processor
    return tuple(each for each in requirements if not _meets(machine, processor, each))


def _meets(machine: Mapping[str, VirtualPackage], processor: str, requirement: SystemRequirement) -> bool:
    found = machine.get(requirement.name)
    if found is None:
        return False
    if requirement.name == "__archspec":
        return requirement.version in (found.build, processor)
    return _order(found.version) >= _order(requirement.version)


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]+", version))


def _overrides(variables: Mapping[str, str]) -> list[VirtualPackage]:
    # As in conda, an empty value says that the machine lacks the property.
    present = [(variable, name) for variable, name in _OVERRIDES.items() if variable in variables]
    return [_package(name, variables[variable].strip(), "override", variable, None) for variable, name in present]


def _declared(requirement: SystemRequirement) -> VirtualPackage:
    return _package(requirement.name, requirement.version, "declared", requirement.name.strip("_"), requirement)


def _package(
    name: str, value: str, origin: VirtualPackageOrigin, source: str, requirement: SystemRequirement | None
) -> VirtualPackage:
    # The processor's name is the build string of __archspec; its version says nothing.
    processor = name == "__archspec"
    if value and not (_PROCESSOR if processor else _VERSION).fullmatch(value):
        invalid = invalid_processor if processor else invalid_version
        raise InterlockError(invalid(source, value, None if requirement is None else requirement.where))
    if processor and value:
        return VirtualPackage(name=name, version="1", build=value, origin=origin)
    return VirtualPackage(name=name, version=value, origin=origin)
