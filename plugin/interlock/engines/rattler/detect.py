"""The virtual packages of this machine (CEP 30)."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
