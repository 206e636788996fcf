"""What each conda platform is taken to offer when nothing else is said."""

from __future__ import annotations

import difflib

from interlock_hooks.types import Finding, InterlockError, VirtualPackage

PLATFORMS = (
    "linux-64",
    "linux-aarch64",
    "linux-ppc64le",
    "linux-s390x",
    "linux-riscv64",
    "linux-armv7l",
    "linux-32",
    "osx-64",
    "osx-arm64",
    "win-64",
    "win-arm64",
    "win-32",
)

# The minimums that pixi documents: a lock made with them holds on every machine that still has support.
_LINUX, _GLIBC, _MACOS = "4.18", "2.28", "13.0"

# conda's name for the oldest processor of each platform, see archspec.
_PROCESSORS = {
    "64": "x86_64",
    "32": "x86",
    "aarch64": "aarch64",
    "arm64": "aarch64",
    "ppc64le": "ppc64le",
    "s390x": "s390x",
    "riscv64": "riscv64",
    "armv7l": "armv7l",
}


def default_virtual_packages(platform: str) -> list[VirtualPackage]:
    """The virtual packages that every machine of a platform is taken to have; never a GPU.

    Raises :class:`InterlockError` (IL213) for a platform that is not known.
    """
    check_platform(platform)
    system, _, machine = platform.partition("-")
    processor = "m1" if platform == "osx-arm64" else _PROCESSORS[machine]
    versions = {
        "linux": {"__unix": "0", "__linux": _LINUX, "__glibc": _GLIBC},
        "osx": {"__unix": "0", "__osx": _MACOS},
        "win": {"__win": "0"},
    }[system]
    packages = [VirtualPackage(name=name, version=version, origin="default") for name, version in versions.items()]
    return [*packages, VirtualPackage(name="__archspec", version="1", build=processor, origin="default")]


def check_platform(platform: str) -> None:
    """Raise :class:`InterlockError` (IL213) if there is no such platform."""
    if platform in PLATFORMS:
        return
    close = difflib.get_close_matches(platform, PLATFORMS, n=1)
    raise InterlockError(
        Finding(
            code="IL213",
            what=f"{platform!r} is not a platform that conda packages are made for",
            fix=f"did you mean {close[0]}?" if close else f"use one of {', '.join(PLATFORMS)}",
        )
    )
