"""The caches that all projects of a user share: built wheels, what builds are made with, and their remains."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.builds.store.store import default_store
from interlock.core.paths import cache_dir
from interlock.project.findings.caches import damaged_packages, damaged_wheel, unknown_wheel
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.builds.store.store import Stored


@dataclass(frozen=True, slots=True)
class StoredWheels:
    """Wheels of the store at ``root``, the most recently used first."""

    root: Path
    wheels: tuple[Stored, ...]

    @property
    def size(self) -> int:
        """How much room they take, in bytes."""
        return sum(stored.entry.size for stored in self.wheels)


@dataclass(frozen=True, slots=True)
class BuildPackages:
    """The packages (names and versions) of build environments at ``path``, and their last use (Unix time).

    Byte code of a standard library has none.
    """

    path: Path
    packages: tuple[str, ...]
    used: float


@dataclass(frozen=True, slots=True)
class KnownWheels:
    """What is remembered of wheels at ``path``: for how many of them, and how much room it takes, in bytes."""

    path: Path
    number: int
    size: int


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed.

    These are wheels, prefixes that builds were made over, packages of build environments, directories of interrupted
    builds, throw-away environments, and what was remembered of wheels from indexes.
    """

    wheels: StoredWheels
    prefixes: tuple[Path, ...]
    packages: tuple[Path, ...]
    builds: tuple[Path, ...]
    environments: tuple[Path, ...]
    wheel_files: tuple[Path, ...]


def stored_wheels() -> StoredWheels:
    """All wheels of the store. What backends answered is kept there too, and does not count."""
    store = default_store()
    return _wheels(store.root, store.entries())


def build_packages() -> tuple[BuildPackages, ...]:
    """What is kept of build environments, the most recently used first."""
    from interlock.builds.run.layers import layers

    return tuple(
        BuildPackages(layer.path, tuple(found.label for found in layer.distributions), layer.used) for layer in layers()
    )


def known_wheels() -> KnownWheels:
    """The lists of the files in wheels."""
    from interlock.engines.wheel_files import remembered_wheels, wheel_files_dir

    sizes = [size for kept in remembered_wheels() if (size := _size(kept)) is not None]
    return KnownWheels(wheel_files_dir(), len(sizes), sum(sizes))


def find_wheels(name: str) -> tuple[Stored, ...]:
    """The wheels of a package, else those whose key or hash begins like ``name``.

    Raises :class:`InterlockError` (IL192) when there are none.
    """
    wheels = stored_wheels().wheels
    wanted = canonicalize_name(name)
    found = [stored for stored in wheels if stored.entry.name == wanted]
    found = found or [stored for stored in wheels if _begins(stored, name.lower())]
    if not found:
        raise InterlockError(unknown_wheel(name, sorted({stored.entry.name for stored in wheels})))
    return tuple(found)


def verify_caches() -> tuple[StoredWheels, tuple[BuildPackages, ...]]:
    """Check every wheel, and every file of a build environment, against its hash; those that are intact.

    Raises :class:`InterlockError` (IL580), a finding for each damaged one, after these were removed.
    """
    from interlock.builds.run.layers import verify_layers

    damaged = [damaged_wheel(stored) for stored in default_store().verify()]
    damaged += [damaged_packages(layer.path, names) for layer, names in verify_layers()]
    if damaged:
        raise InterlockError(*damaged)
    return stored_wheels(), build_packages()


def prune_caches(*, unused_for: float) -> Pruned:
    """Remove what was not used for so many seconds, and the working directories of interrupted builds."""
    from interlock.builds.run.layers import prune_layers
    from interlock.core.scratch import builds_dir, remove_abandoned
    from interlock.engines.rattler.cached_prefix import prune_prefixes
    from interlock.engines.wheel_files import forget_wheels
    from interlock.project.throwaway import prune_throwaways

    store = default_store()
    # First: what an interrupted build had is not in use any more.
    builds = [path for place in (builds_dir(), cache_dir() / "audits") for path in remove_abandoned(place)]
    return Pruned(
        wheels=_wheels(store.root, store.prune(unused_for=unused_for)),
        prefixes=tuple(prune_prefixes(unused_for=unused_for)),
        packages=tuple(layer.path for layer in prune_layers(unused_for=unused_for)),
        builds=tuple(builds),
        environments=tuple(prune_throwaways(unused_for=unused_for)),
        wheel_files=tuple(forget_wheels(unused_for=unused_for)),
    )


def _wheels(root: Path, entries: list[Stored]) -> StoredWheels:
    return StoredWheels(root, tuple(stored for stored in entries if stored.wheel is not None))


def _size(file: Path) -> int | None:
    with suppress(OSError):  # another command may have removed it
        return file.stat().st_size
    return None


def _begins(stored: Stored, text: str) -> bool:
    return bool(text) and (stored.key.startswith(text) or (stored.entry.sha256 or "").startswith(text))
