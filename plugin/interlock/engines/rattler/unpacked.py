"""The cache of unpacked conda packages, from which files are linked into prefixes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.idle import remove_at_once
from interlock.engines.rattler.runtime import shared_cache_dir

if TYPE_CHECKING:
    from collections.abc import Iterable

    from interlock_hooks.types import CondaRecord


def forget_unpacked(records: Iterable[CondaRecord]) -> None:
    """Remove packages from the cache, so that they are fetched and unpacked again.

    rattler compares the sizes of files there with those of the package, and not their content. Files of prefixes that
    are links into the cache stay.
    """
    packages = shared_cache_dir() / "pkgs"
    for record in records:
        name = f"{record.name}-{record.version}-{record.build}"
        for folder in packages.glob(f"{name}*"):
            # rattler may add from which channel a package is. Other builds may have names that begin with this one's.
            if folder.is_dir() and (folder.name == name or folder.name.startswith(f"{name}-")):
                remove_at_once(folder)
