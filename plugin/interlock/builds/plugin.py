"""The built-in plugin for builds: the manifest's requirements and variables, and building on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from interlock_hooks import hookimpl

if TYPE_CHECKING:
    from interlock.builds.services import BuildServices
    from interlock_hooks.types import (
        BuildPlan,
        BuildRequirement,
        BuiltWheel,
        Environment,
        EnvironmentRequest,
        PyPIPackage,
    )


class BuildPlugin:
    """Implements the build hooks."""

    def __init__(self, services: BuildServices) -> None:
        self._services = services

    @hookimpl
    def interlock_build_requirements(self, package: PyPIPackage, request: EnvironmentRequest) -> list[BuildRequirement]:
        """The extra build requirements that the manifest lists for a package."""
        return list(request.build.package(package.name).requirements)

    @hookimpl
    def interlock_build_variables(self, package: PyPIPackage, request: EnvironmentRequest) -> Mapping[str, str]:
        """The build variables that the manifest lists for a package."""
        return dict(request.build.package(package.name).variables)

    @hookimpl
    def interlock_build_wheel(self, plan: BuildPlan, environment: Environment) -> BuiltWheel:
        """The wheel from the store, or built here."""
        return self._services.using(environment.request.build.store).build_wheel(plan, environment)
