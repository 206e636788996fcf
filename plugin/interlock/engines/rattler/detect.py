"""The virtual packages of this machine (CEP 30)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.engines.drivers import may_have_driver

if TYPE_CHECKING:
    from interlock_hooks.types import VirtualPackage


def detect_virtual_packages() -> list[VirtualPackage]:
    """The virtual packages of this machine: ``__unix``, ``__linux``, ``__glibc``, ``__archspec``, ``__cuda``.

    ``CONDA_OVERRIDE_*`` variables are left to the caller. Asking the CUDA driver is slow, so its answer is kept in the
    cache until the next boot.
    """
    # Imported here: most manifests say what is to be solved for, and then nothing is detected.
    from rattler import VirtualPackage as RattlerVirtualPackage

    from interlock.core.paths import cache_dir
    from interlock.engines.rattler.convert import from_rattler_virtual
    from interlock.engines.rattler.errors import translated

    with translated("this machine"):
        found = RattlerVirtualPackage.detect(cache_dir=cache_dir() / "virtual-packages")
    return [from_rattler_virtual(package.into_generic()) for package in found]


def detect_driver() -> list[VirtualPackage]:
    """``__cuda`` of this machine, if it has a driver; rattler is loaded only where there may be one."""
    return [each for each in detect_virtual_packages() if each.name == "__cuda"] if may_have_driver() else []
