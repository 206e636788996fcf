"""The built-in plugin for builds: the manifest's requirements and variables, and building on this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from interlock_hooks import hookimpl

if TYPE_CHECKING:
    from interlock.builds.service import BuildService
    from interlock_hooks.types import (
        BuildPlan,
        BuildRequirement,
        BuiltWheel,
        Environment,
        EnvironmentRequest,
        Event,
        PyPIPackage,
        StoreLocation,
    )


class BuildPlugin:
    """Implements the build hooks."""

    def __init__(self, emit: Callable[[Event], None]) -> None:
        self._emit = emit
        self._services: dict[tuple[StoreLocation, ...], BuildService] = {}

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
        # Imported here: where nothing is built, none of this is loaded.
        from interlock.builds.service import BuildService
        from interlock.builds.store.store import default_store

        shared = environment.request.build.store
        if shared not in self._services:
            # One for the whole run: a shared store that does not work is found out, and reported, once.
            self._services[shared] = BuildService(default_store(shared, self._emit), emit=self._emit)
        return self._services[shared].build_wheel(plan, environment)
