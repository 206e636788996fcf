"""The distributions of an environment that a package of it was built against."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from interlock_hooks.types import LockedEnvironment, ProvidedDistribution, PyPIPackage


def built_against(
    locked: LockedEnvironment, package: str, used: Iterable[str]
) -> Iterator[PyPIPackage | ProvidedDistribution]:
    """The distributions of the environment among those that the build of a package ``used``.

    What the build had in another version, or as a tool of its own, is not what it was built against.
    """
    plan = locked.plan(package)
    overlay = {entry.name: entry.version for entry in plan.overlay} if plan is not None else {}
    for name in used:
        entry = locked.resolution.get(name) or locked.resolution.get_provided(name)
        if entry is not None and entry.name != package and overlay.get(entry.name, entry.version) == entry.version:
            yield entry
