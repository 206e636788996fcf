"""The inputs of a backend: source, build environment and variables."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.builds.run import trace
from interlock.builds.run.compiling import compile_in_parallel
from interlock.builds.run.confined import make_home
from interlock.builds.run.environment import base_prefix, create_build_environment
from interlock.builds.run.interpreter import purelib
from interlock.builds.run.start_hooks import install_start_hook
from interlock.builds.run.variables import build_variables, settings_of
from interlock.builds.sources.build_system import BuildSystem, read_build_system
from interlock.builds.sources.source_tree import fetch_tree
from interlock.core.activity import doing, telling
from interlock.core.counting import counted
from interlock.engines.python.interpreter import python_of
from interlock_hooks.types import BuildOutput, BuildPlan, Environment, Event

if TYPE_CHECKING:
    from interlock.engines.confinement import Confinement


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A source tree with its build system, and the environment that the backend runs in.

    ``sites`` are the site-packages directories that the build sees, first one first.
    """

    tree: Path
    system: BuildSystem
    python: Path
    sites: tuple[Path, ...]
    variables: dict[str, str]
    config_settings: dict[str, str | list[str]]


def prepare(
    plan: BuildPlan, environment: Environment, work: Path, rights: Confinement, emit: Callable[[Event], None]
) -> Prepared:
    """Fetch the source of ``plan`` and make its build environment, both in ``work``.

    Raises :class:`InterlockError` as these two do.
    """

    def tell(what: str) -> None:
        if what:
            emit(BuildOutput(name=plan.name, line=what))

    with telling(tell):
        return _prepare(plan, environment, work, rights, emit)


def _prepare(
    plan: BuildPlan, environment: Environment, work: Path, rights: Confinement, emit: Callable[[Event], None]
) -> Prepared:
    doing("fetching the source")
    tree = fetch_tree(plan.package.artifact, work / "source", root=environment.root)
    system = read_build_system(tree)
    doing(f"creating the build environment ({counted(len(plan.overlay), 'package')})")
    python = create_build_environment(plan, environment, work / "venv", emit)
    sites = _sites(plan, environment, python)
    install_start_hook(sites[0], trace.TRACE_HOOK)
    variables = build_variables(plan, environment, python=python, work=work, sites=sites, emit=emit)
    variables |= _places(work, rights)
    variables |= compile_in_parallel(tree, variables, sites, work)
    return Prepared(
        tree=tree,
        system=system,
        python=python,
        sites=sites,
        variables=variables,
        config_settings=settings_of(plan, environment),
    )


def _sites(plan: BuildPlan, environment: Environment, python: Path) -> tuple[Path, ...]:
    own = purelib(python)
    base = base_prefix(plan, environment)
    shared = "include-system-site-packages = true" in (python.parent.parent / "pyvenv.cfg").read_text(encoding="utf-8")
    return (own, purelib(python_of(base))) if shared else (own,)


def _places(work: Path, rights: Confinement) -> dict[str, str]:
    """The directories of a build, and the variables that name what its trace is for."""
    make_home(work / "home", Path.home())
    (work / "tmp").mkdir()
    places = os.pathsep.join(map(str, (*rights.writable, *rights.devices)))
    return {trace.VARIABLE: str(work / "trace"), trace.WRITABLE_VARIABLE: places}
