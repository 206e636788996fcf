"""Manifests and locks of Interlock as files that conda makes environments from.

The environment that conda reads out of them has nothing for conda's own solver, and one entry for Interlock's
installer, :mod:`interlock.hosts.conda.installer`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from conda.base.context import context
from conda.models.environment import Environment
from conda.plugins.types import EnvironmentSpecBase

if TYPE_CHECKING:
    from interlock.project.opening import Project
    from interlock_hooks.types import EnvironmentRequest


class ManifestSpec(EnvironmentSpecBase):
    """A manifest, from which the environment that the setting ``interlock_environment`` names is locked and made."""

    def __init__(self, filename: str) -> None:
        self._path = Path(filename).expanduser().absolute()

    def can_handle(self) -> bool:
        """Whether the file is one of those that Interlock finds as the manifest of a directory."""
        from interlock.manifest.discovery import NAMES

        return self._path.name in NAMES and self._path.is_file()

    @property
    def available_platforms(self) -> tuple[str, ...]:
        """The conda subdirs that the environment supports."""
        from interlock.hosts.conda.errors import condas_errors

        with condas_errors():
            declared = self._project().workspace.platforms_of(_wanted())
        return tuple(dict.fromkeys(platform.subdir for platform in declared))

    @property
    def env(self) -> Environment:
        """What conda is to make. Raises :class:`conda.CondaError` for a manifest that cannot be read or used here."""
        from interlock.core.platforms import current_platform
        from interlock.hosts.conda.errors import condas_errors
        from interlock.hosts.conda.installer import offer
        from interlock.project.findings.environments import other_platform
        from interlock.project.platforms import platform_here
        from interlock_hooks.types import InterlockError

        name = _wanted()
        with condas_errors():
            project = self._project()
            request = project.workspace.request(name, platform_here(project, name))
            if context.subdir != current_platform():
                raise InterlockError(other_platform(name, context.subdir, context.subdir))
        return Environment(
            name=project.workspace.name if name == "default" else f"{project.workspace.name}-{name}",
            platform=context.subdir,
            external_packages=offer(self._path, name),
            variables=_variables(request),
        )

    def env_for(self, platform: str) -> Environment:
        """What conda is to make, solved in a dry run: conda does not ask the installer for it then."""
        environment: Environment = super().env_for(platform)
        if context.dry_run:
            from interlock.hosts.conda.installer import foresee

            foresee(self._path, _wanted())
        return environment

    def _project(self) -> Project:
        from interlock.hosts.conda.installer import project_of

        return project_of(self._path)


class LockSpec(ManifestSpec):
    """A lock beside its manifest: the environment is what the lock says, and the lock stays as it is."""

    def can_handle(self) -> bool:
        """Whether the file has the name of a lock."""
        from interlock.core.names import LOCK_NAME

        return self._path.name == LOCK_NAME and self._path.is_file()


def _wanted() -> str:
    name: str = context.plugins.interlock_environment
    return name


def _variables(request: EnvironmentRequest) -> dict[str, str]:
    """What activation sets, as far as conda can: it replaces no variables in values."""
    given = (*request.activation.preset, *request.activation.env)
    return {name: value for name, value in given if "$" not in value}
