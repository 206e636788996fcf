"""The package of the environment that contains a module, by the file lists of the artifacts themselves."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName, canonicalize_name

from interlock.builds.run.interpreter import purelib
from interlock.builds.sources.artifact_files import list_files
from interlock.engines.python.interpreter import python_of
from interlock.engines.python.modules import module_owners, modules_in, owner_of
from interlock_hooks.types import InterlockError, PyPIPackage, Resolution

if TYPE_CHECKING:
    from pathlib import Path

_THREADS = 16


class ModuleFinder:
    """Finds providers of modules among the packages of a resolution and what conda supplies.

    ``prefix`` may hold some, all, or none of them.
    """

    def __init__(self, resolution: Resolution, *, prefix: Path, root: Path) -> None:
        self._resolution = resolution
        self._prefix = prefix
        self._root = root
        self._owners: dict[str, NormalizedName] | None = None

    def __call__(self, module: str) -> NormalizedName | None:
        """The distribution that brings ``module``, or ``None`` if none of the environment does."""
        installed = owner_of(module, self._installed())
        if installed is not None and self._holds(installed):
            return installed
        top = module.split(".")[0]
        likely = self._resolution.get(canonicalize_name(top))
        if likely is not None and self._brings(likely, module):
            return likely.name
        others = [package for package in self._resolution.packages if package is not likely]
        return next(self._among(others, module), None)

    def _among(self, packages: list[PyPIPackage], module: str) -> Iterator[NormalizedName]:
        with ThreadPoolExecutor(_THREADS) as pool:
            answers = pool.map(lambda package: self._brings(package, module), packages)
            yield from [package.name for package, brings in zip(packages, answers, strict=True) if brings]

    def _brings(self, package: PyPIPackage, module: str) -> bool:
        modules = modules_in(list_files(package.artifact, root=self._root))
        parts = module.split(".")
        # A namespace such as `google` belongs to many; only its second level says whose it is.
        return ".".join(parts[:2]) in modules or (parts[0] in modules and canonicalize_name(parts[0]) == package.name)

    def _holds(self, name: NormalizedName) -> bool:
        return self._resolution.get(name) is not None or self._resolution.get_provided(name) is not None

    def _installed(self) -> dict[str, NormalizedName]:
        if self._owners is None:
            try:
                self._owners = module_owners([purelib(python_of(self._prefix))])
            except InterlockError:
                self._owners = {}
        return self._owners
