"""Which of the platforms of an environment this machine is."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from interlock.core.platforms import current_platform
from interlock.install.fresh import read_state
from interlock.project.findings.environments import no_platform_here
from interlock.solve.virtual import lacking, machine_packages
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from interlock.lock.model import Lock
    from interlock.manifest.model import Platform
    from interlock.project.opening import Project


def platform_here(project: Project, environment: str) -> str:
    """The platform that an environment has on this machine, by its name in the manifest.

    Where the manifest has several for machines like this one, it is the one that the last install was told to use, else
    the first one whose virtual packages this machine has. Raises :class:`InterlockError`: IL112 for an unknown
    environment, IL694 if there is no such platform.
    """
    here = current_platform()
    platforms = _like_this_machine(project, environment)
    if len(platforms) < 2:
        # Whether it is supported is told by whoever asks for it.
        return platforms[0].name if platforms else here
    chosen = chosen_platform(project, environment)
    if chosen in [platform.name for platform in platforms]:
        return str(chosen)
    # Imported here: few manifests leave a choice.
    from interlock.engines.rattler.detect import detect_virtual_packages

    machine = machine_packages(os.environ, detect_virtual_packages)
    missing = {platform.name: lacking(machine, here, platform.system_requirements) for platform in platforms}
    found = next((name for name, requirements in missing.items() if not requirements), None)
    if found is None:
        raise InterlockError(no_platform_here(environment, missing, machine, platforms[0].where))
    return found


def depends_on_machine(project: Project, environment: str) -> bool:
    """Whether it is this machine that decides between several platforms of an environment, since nobody chose one."""
    names = [platform.name for platform in _like_this_machine(project, environment)]
    return len(names) > 1 and chosen_platform(project, environment) not in names


def _like_this_machine(project: Project, environment: str) -> list[Platform]:
    here = current_platform()
    return [platform for platform in project.workspace.platforms_of(environment) if platform.subdir == here]


def chosen_platform(project: Project, environment: str) -> str | None:
    """The platform that the user chose for what is installed."""
    chosen = (read_state(str(project.layout.prefix(environment))) or {}).get("chosen")
    return chosen if isinstance(chosen, str) else None


def locked_platform(project: Project | None, lock: Lock, environment: str) -> str:
    """The platform of this machine, unless the lock has only others for the environment.

    ``project`` is ``None`` if its manifest cannot be read.
    """
    entry = lock.entry(environment)
    if entry is None or not entry.platforms:
        return current_platform()
    locked = [each.environment for each in entry.platforms]
    here = [each.platform for each in locked if each.conda.platform == current_platform()]
    if len(here) > 1 and project is not None:
        # What is for other machines can be inspected here as well.
        with suppress(InterlockError):
            return platform_here(project, environment)
    return (here or [each.platform for each in locked])[0]
