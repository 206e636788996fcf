"""The build environment: a virtual environment over the right base, with the overlay installed into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.builds.run.byte_code import byte_code_folder, show_byte_code
from interlock.builds.run.confined import require_no_hidden_builds
from interlock.builds.run.findings import environment_failed, no_interpreter, not_built_yet
from interlock.builds.run.interpreter import ask_interpreter, purelib
from interlock.builds.run.layers import show_packages
from interlock.builds.run.whose_code import built_by_uv
from interlock.core.codes import NOT_CACHED
from interlock.core.findings import not_cached_for
from interlock.engines.python.distributions import installed_versions
from interlock.engines.python.interpreter import python_of
from interlock.engines.uv import create_venv, install_packages
from interlock_hooks.types import (
    BuildMode,
    BuildPlan,
    Environment,
    Event,
    InterlockError,
    PyPIPackage,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from packaging.utils import NormalizedName


def create_build_environment(
    plan: BuildPlan, environment: Environment, target: Path, emit: Callable[[Event], None]
) -> Path:
    """Make the build environment of ``plan`` in ``target``, in the folder of the build, and return its interpreter.

    Nothing is written into the environment's own prefix; ``emit`` is told of what is built for it. Raises
    :class:`InterlockError`: IL418 when a package that the build needs has not been built yet, IL419 when something
    cannot be installed, IL650 when it is in no cache while the network is switched off.
    """
    base, shared = _base(plan, environment)
    python = create_venv(base, target, system_site_packages=shared)
    show_byte_code(ask_interpreter(python).library, byte_code_folder(target.parent), alone=not shared)
    overlay = [*plan.overlay, *_not_in_prefix(plan, environment)]
    wheels = {wheel.name: wheel.path for wheel in environment.built}
    _require_built(plan, overlay, environment, wheels)
    unbuilt = [package for package in overlay if package.needs_build and package.name not in wheels]
    require_no_hidden_builds(plan.package, environment.request, unbuilt)
    built = {package.name: wheels[package.name] for package in overlay if _is_built(package, wheels)}
    try:
        if overlay and not show_packages(python, overlay, wheels=built, root=environment.root):
            install_packages(
                python,
                overlay,
                wheels=built,
                options=environment.request.pypi,
                root=environment.root,
                # A build requirement that only exists as an sdist is built by uv, isolated, as any front end would.
                build_in=target.parent if unbuilt else None,
                # What that in turn is built with then has to come as wheels.
                builds_named=environment.request.build.allow == "listed",
                on_build=lambda what: emit(built_by_uv(what, plan)),
            )
    except InterlockError as error:
        if error.findings[0].code == NOT_CACHED:
            raise InterlockError(not_cached_for(plan.name, error.findings[0])) from error
        raise InterlockError(environment_failed(plan.package, error.findings[0])) from error
    return python


def base_prefix(plan: BuildPlan, environment: Environment) -> Path:
    """The prefix whose site-packages a build over a base sees; the environment's own when it sees none."""
    if plan.mode is not BuildMode.NO_ISOLATION and plan.base_records:
        from interlock.engines.rattler.cached_prefix import linked_prefix

        wanted = set(plan.base_records)
        return linked_prefix([record for record in environment.locked.conda.records if record.name in wanted])
    return environment.prefix


def _base(plan: BuildPlan, environment: Environment) -> tuple[Path, bool]:
    shared = plan.mode is BuildMode.NO_ISOLATION or bool(plan.base_records)
    python = python_of(base_prefix(plan, environment))
    if not python.exists():
        raise InterlockError(no_interpreter(plan.package, python))
    return python, shared


def _not_in_prefix(plan: BuildPlan, environment: Environment) -> list[PyPIPackage]:
    """What a build without isolation has to see but its prefix does not hold yet: while locking, all of PyPI's part."""
    if plan.mode is not BuildMode.NO_ISOLATION:
        return []
    held = installed_versions([purelib(python_of(environment.prefix))])
    known = {package.name for package in plan.overlay} | {plan.name}
    wheels = {wheel.name for wheel in environment.built}
    return [
        package
        for package in environment.locked.resolution.packages
        if package.name not in held
        and package.name not in known
        and (not package.needs_build or package.name in wheels)
    ]


def _require_built(
    plan: BuildPlan, overlay: list[PyPIPackage], environment: Environment, wheels: dict[NormalizedName, Path]
) -> None:
    """Packages of the resolution are only taken as the wheels that were built for it."""
    runtime = {package.name for package in environment.locked.resolution.packages if package.needs_build}
    missing = sorted(
        package.name
        for package in overlay
        if package.name in runtime and package.name in plan.after and package.name not in wheels
    )
    if missing:
        raise InterlockError(not_built_yet(plan.package, missing))


def _is_built(package: PyPIPackage, wheels: dict[NormalizedName, Path]) -> bool:
    return package.needs_build and package.name in wheels
