"""Everything that planning wants to know of a source, read in one go; nothing of it is run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from interlock.builds.sources.build_system import BuildSystem, read_build_system
from interlock.builds.sources.package_info import states_requirements
from interlock.builds.sources.source_view import view_source
from interlock.builds.sources.static.asked import Asked, read_asked
from interlock.builds.sources.static.facts import Fact, Known, NotProvable
from interlock.builds.sources.static.setup_py.following import follow_script
from interlock.builds.sources.static.setuptools_project import is_setuptools

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.utils import NormalizedName

    from interlock.builds.sources.static.setup_py.following import Follow
    from interlock_hooks.types import PyPIPackage, SourceTree


@dataclass(frozen=True, slots=True)
class Look:
    """The build system of a source, its files with what its build surely uses, and what its backend would ask for.

    ``promises`` says whether it promises what it requires, so that a resolver needs nothing else.
    """

    system: BuildSystem
    source: SourceTree
    asked: Fact[Asked]
    promises: bool

    @property
    def modules(self) -> Mapping[str, str]:
        """The modules that the build surely imports, with the lines that import them."""
        return {name: line for name, line in self.source.uses.items() if not name.endswith("()")}

    @property
    def programs(self) -> tuple[str, ...]:
        """The programs that the build runs in any case."""
        return ("nvcc",) if "nvcc()" in self.source.uses else ()

    def asked_in(self, versions: Mapping[NormalizedName, str]) -> tuple[str, ...] | None:
        """What the backend asks for in a build environment with these versions, if that is proved."""
        if not isinstance(self.asked, Known):
            return None
        return self.asked.value.of(versions)

    def why_to_ask(self, versions: Mapping[NormalizedName, str]) -> str | None:
        """Why :meth:`asked_in` proves nothing, as a clause; ``None`` if it does."""
        if isinstance(self.asked, NotProvable):
            return self.asked.reason
        return "its build environment lacks setuptools" if self.asked_in(versions) is None else None


def look_at(package: PyPIPackage, tree: Path, *, follow: Follow = follow_script) -> Look:
    """What the source of ``package`` in ``tree`` shows; a setup.py is followed by ``follow``.

    Raises :class:`InterlockError` as reading its build system.
    """
    system = read_build_system(tree)
    script = follow(tree) if is_setuptools(system) and (tree / "setup.py").exists() else None
    uses = {} if system.backend_path else {system.backend.partition(":")[0]: "pyproject.toml"}
    if script is not None:
        uses |= script.done
    return Look(
        system=system,
        source=replace(view_source(package, tree), uses=uses),
        asked=read_asked(tree, system, script, editable=package.artifact.editable),
        promises=states_requirements(tree),
    )
