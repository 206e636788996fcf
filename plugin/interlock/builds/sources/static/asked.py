"""What a build backend would ask for when it is called (PEP 517), as far as the source proves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

from interlock.builds.sources.static.facts import Fact, Known, NotProvable
from interlock.builds.sources.static.flit import BACKENDS as FLIT
from interlock.builds.sources.static.setup_cfg import read_setup_cfg
from interlock.builds.sources.static.setup_script import read_setup_requires
from interlock.builds.sources.static.setuptools_project import is_setuptools, possible_plugin
from interlock.core.toml import read_tables

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.builds.sources.build_system import BuildSystem
    from interlock.builds.sources.static.setup_py.following import Script

_SETUPTOOLS = canonicalize_name("setuptools")
# Backends whose hooks return an empty list, whatever the project is.
_SILENT = ("poetry.core.masonry.api", "uv_build")
# Older releases of setuptools ask for wheel, whose work later ones do themselves.
_WITHOUT_WHEEL = Version("70.1")


@dataclass(frozen=True, slots=True)
class Asked:
    """The requirements that a backend asks for; ``by_setuptools`` if that is setuptools, whose old releases add one."""

    requirements: tuple[str, ...] = ()
    by_setuptools: bool = False

    def of(self, versions: Mapping[NormalizedName, str]) -> tuple[str, ...] | None:
        """What it asks for in a build environment with these versions; ``None`` if it is not there."""
        if not self.by_setuptools:
            return self.requirements
        try:
            old = Version(versions[_SETUPTOOLS]) < _WITHOUT_WHEEL
        except (KeyError, InvalidVersion):
            return None
        return (*(("wheel",) if old else ()), *self.requirements)


def read_asked(tree: Path, system: BuildSystem, script: Script | None, *, editable: bool) -> Fact[Asked]:
    """What the backend of a source asks for before it builds a wheel; ``script`` is the setup.py, if there is one."""
    tables = read_tables(tree / "pyproject.toml")
    if system.backend_path:
        return NotProvable("the build backend is a part of the source")
    if is_setuptools(system):
        return _of_setuptools(tree, system, script)
    if system.backend in _SILENT:
        return Known(Asked(), system.backend)
    if system.backend in FLIT and _says_all(tables):
        return Known(Asked(), "pyproject.toml [project]")
    if system.backend == "hatchling.build" and not editable:
        return _of_hatchling(tree, tables)
    return NotProvable(f"only the build backend {system.backend} knows it")


def _of_setuptools(tree: Path, system: BuildSystem, script: Script | None) -> Fact[Asked]:
    """What ``setup_requires`` says; setup.cfg is only looked at if setup.py does not say it."""
    here = None if script is None else read_setup_requires(script)
    if isinstance(here, NotProvable):
        return here
    config = read_setup_cfg(tree)
    if isinstance(config, NotProvable):
        return config
    there = config.plugins
    if here is not None and here.partial and there is not None:
        return NotProvable("setup_requires is in setup.py in some environments, and in setup.cfg in others")
    found = there if here is None else here.requirements
    if isinstance(found, NotProvable):
        return found
    requirements = found.value if found is not None else ()
    plugin = possible_plugin((*system.requires, *requirements))
    # scikit-build's own setup() may add to what the project says.
    if plugin is not None or any(Requirement(text).name == "scikit-build" for text in system.requires):
        return NotProvable(f"{plugin or 'scikit-build'} may be a plugin of setuptools that asks for more")
    return Known(Asked(requirements, by_setuptools=True), "setup_requires" if found is None else found.source)


def _says_all(tables: Mapping[str, Any]) -> bool:
    """Whether ``[project]`` has the version and the description, for which flit would import the module otherwise."""
    match tables:
        case {"project": {"version": str(), "description": str()}}:
            return True
    return False


def _of_hatchling(tree: Path, tables: Mapping[str, Any]) -> Fact[Asked]:
    """Nothing, unless its settings name dependencies or hooks, which may have their own."""
    if (tree / "hatch.toml").exists():
        return NotProvable("hatch.toml has settings of hatchling")
    match tables:
        case {"tool": {"hatch": {"build": dict(build)}}}:
            pass
        case _:
            build = {}
    match build:
        case {"targets": {"wheel": dict(wheel)}}:
            pass
        case _:
            wheel = {}
    keys = ("dependencies", "hooks", "require-runtime-dependencies", "require-runtime-features")
    named = next((key for key in keys if build.get(key) or wheel.get(key)), None)
    if named is not None:
        return NotProvable(f"{named} in [tool.hatch.build] may ask for more")
    return Known(Asked(), "pyproject.toml [tool.hatch.build]")
