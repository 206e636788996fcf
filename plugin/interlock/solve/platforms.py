"""The default virtual packages of each conda platform."""

from __future__ import annotations

from interlock.core.platforms import DEFAULT_GLIBC, DEFAULT_LINUX, DEFAULT_MACOS, Subdir, find_subdir, not_made_for
from interlock_hooks.types import VirtualPackage

_VERSIONS = {
    "linux": {"__unix": "0", "__linux": DEFAULT_LINUX, "__glibc": DEFAULT_GLIBC},
    "osx": {"__unix": "0", "__osx": DEFAULT_MACOS},
    "win": {"__win": "0"},
}


def default_virtual_packages(platform: str) -> list[VirtualPackage]:
    """The virtual packages that every machine of a platform is taken to have; never a GPU.

    Raises :class:`~interlock_hooks.types.InterlockError` (IL213) for a platform that is not known.
    """
    subdir = check_platform(platform)
    versions = _VERSIONS[subdir.family]
    packages = [VirtualPackage(name=name, version=version, origin="default") for name, version in versions.items()]
    return [*packages, VirtualPackage(name="__archspec", version="1", build=subdir.processor, origin="default")]


def check_platform(platform: str) -> Subdir:
    """The platform of that name, for which conda packages are made.

    Raises :class:`~interlock_hooks.types.InterlockError` (IL213) if there are none.
    """
    subdir = find_subdir(platform)
    if not subdir.processor:
        raise not_made_for(platform)
    return subdir
