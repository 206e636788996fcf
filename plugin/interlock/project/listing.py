"""The packages of an installed environment, or else those in the lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from interlock.install.listed import ListedPackage, listed_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from interlock.project.opening import Project


class Listing(NamedTuple):
    """The packages of an environment; ``installed`` is false when they are those of the lock."""

    packages: tuple[ListedPackage, ...]
    installed: bool


def list_packages(project: Project, name: str) -> Listing:
    """What is in an environment, or what the lock wants there if it is not installed.

    Raises :class:`InterlockError`: IL112 for an unknown environment, IL692 when it is neither installed nor locked.
    """
    # Imported here, as most of the time the state of the environment says all this.
    from interlock.core.recipes import sources_of
    from interlock.install.listing import installed_packages, locked_packages, with_sources
    from interlock.project.findings.environments import not_installed
    from interlock.project.locking import locked_now
    from interlock.project.platforms import platform_here
    from interlock_hooks.types import InterlockError

    request = project.workspace.request(name, platform_here(project, name))
    prefix = project.layout.prefix(name)
    packages = installed_packages(prefix)
    if packages is not None and not sources_of(request.conda_specs):
        return Listing(packages=tuple(packages), installed=True)
    locked = locked_now(project, request)
    if packages is not None:
        return Listing(packages=tuple(with_sources(packages, locked) if locked else packages), installed=True)
    if locked is None:
        raise InterlockError(not_installed(name, prefix))
    return Listing(packages=tuple(locked_packages(locked)), installed=False)


def list_again(state: Mapping[str, Any]) -> Listing | None:
    """The same for an environment to which nothing has happened since its install, from the ``state`` that this left.

    ``None`` if the state does not say it.
    """
    packages = listed_in(state.get("packages"))
    return None if packages is None else Listing(packages, installed=True)
