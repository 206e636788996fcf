"""An environment as the dynamic linker sees it, with the files of a wheel added."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.audit.elf import ElfFile, is_elf, read_elf
from interlock.audit.search import expanded, libraries_below, system_directories
from interlock.core.elf import NotReadableError

if TYPE_CHECKING:
    from interlock.engines.python.interpreter import Interpreter

_KERNEL = "linux-vdso"


@dataclass(frozen=True, slots=True)
class Module:
    """An ELF file at its ``place`` in the environment, or where it will be once its wheel is installed."""

    place: Path
    elf: ElfFile


@dataclass(frozen=True, slots=True)
class MissingLibrary:
    """A library that was not found, and the file that needs it."""

    name: str
    needed_by: Path


@dataclass(frozen=True, slots=True)
class Scope:
    """What is loaded with a module, in the order of lookup: itself, then what it needs, breadth first.

    ``borrowed`` are places in other packages which no path leads to: they are there because the package was imported
    before, and loaded it.
    """

    modules: tuple[Module, ...]
    missing: tuple[MissingLibrary, ...] = ()
    borrowed: frozenset[Path] = frozenset()

    def named(self, name: str) -> list[Module]:
        """The modules with that SONAME or file name."""
        return [module for module in self.modules if name in (module.elf.soname, module.place.name)]


class World:
    """Finds and reads libraries. ``overlay`` maps places in the environment to files that will lie there."""

    def __init__(self, prefix: Path, interpreter: Interpreter, overlay: Mapping[Path, Path] | None = None) -> None:
        self.prefix = prefix
        self.interpreter = interpreter
        self._overlay = dict(overlay or {})
        self._scopes: dict[Path, Scope] = {}
        self._files: dict[Path, ElfFile | None] = {}
        self._elf: dict[Path, bool] = {}
        self._folders: dict[Path, tuple[Path, ...]] = {}

    def read(self, place: Path) -> ElfFile | None:
        """The ELF file at a place, ``None`` if none can be read there."""
        if place not in self._files:
            path = self._overlay.get(place, place)
            try:
                status = path.stat()
                self._files[place] = _read(os.path.realpath(path), status.st_size, status.st_mtime_ns)
            except (OSError, NotReadableError):
                self._files[place] = None
        return self._files[place]

    def with_overlay(self, overlay: Mapping[Path, Path]) -> World:
        """The same environment with other files laid over it."""
        return World(self.prefix, self.interpreter, overlay)

    @cached_property
    def machine(self) -> str:
        """The kind of machine that the interpreter runs on, such as ``X86_64-64``."""
        elf = self.read(self.interpreter.executable)
        return elf.machine if elf else ""

    @cached_property
    def base(self) -> Scope:
        """What the interpreter is made of: it precedes everything in lookups."""
        elf = self.read(self.interpreter.executable)
        return self.scope(Module(self.interpreter.executable, elf)) if elf else Scope(())

    @cached_property
    def packaged(self) -> Mapping[str, tuple[Path, ...]]:
        """The libraries of all installed packages and of the wheel, by file name."""
        found: dict[str, list[Path]] = {}
        for site in self.interpreter.sites:
            for name, places in libraries_below(site).items():
                found.setdefault(name, []).extend(places)
        for place in self._overlay:
            found.setdefault(place.name, []).append(place)
        return {name: tuple(dict.fromkeys(places)) for name, places in found.items()}

    @cached_property
    def system(self) -> tuple[Path, ...]:
        """Directories of the machine that are searched for all programs."""
        near = [path.parent for path in self.interpreter.loaded if ".so" in path.name]
        return tuple(dict.fromkeys([*system_directories(self.interpreter.multiarch), *near]))

    def scope(self, root: Module) -> Scope:
        """What is loaded with ``root``; each library is found as the dynamic linker would, rather too well than not."""
        if root.place not in self._scopes:
            self._scopes[root.place] = self._scope(root)
        return self._scopes[root.place]

    def _scope(self, root: Module) -> Scope:
        modules: dict[Path, Module] = {}
        missing: dict[str, MissingLibrary] = {}
        borrowed: set[Path] = set()
        waiting: deque[tuple[Module, tuple[Path, ...]]] = deque([(root, ())])
        while waiting:
            module, inherited = waiting.popleft()
            if module.place in modules:
                continue
            modules[module.place] = module
            # Passed on to what it needs in turn, as RPATH is and RUNPATH is not: a library that is found here but not
            # by the linker is a lesser evil than the other way round.
            folders = (*self._own_folders(module), *inherited)
            for name in module.elf.needed:
                places, is_borrowed = self._find(name, folders)
                found = [Module(place, elf) for place in places if (elf := self.read(place)) is not None]
                found = [each for each in found if each.elf.machine == module.elf.machine]
                if not found and not name.startswith(_KERNEL):
                    missing.setdefault(name, MissingLibrary(name, module.place))
                borrowed.update(each.place for each in found if is_borrowed)
                waiting.extend((each, folders) for each in found)
        return Scope(tuple(modules.values()), tuple(missing.values()), frozenset(borrowed))

    def _own_folders(self, module: Module) -> tuple[Path, ...]:
        if module.place not in self._folders:
            # $ORIGIN of a symbolic link: where it lies, and where it leads.
            origins = dict.fromkeys((module.place.parent, Path(os.path.realpath(module.place)).parent))
            found = (expanded(entry, origin) for origin in origins for entry in module.elf.search)
            self._folders[module.place] = tuple(folder for folder in dict.fromkeys(found) if folder is not None)
        return self._folders[module.place]

    def _find(self, name: str, folders: Iterable[Path]) -> tuple[Sequence[Path], bool]:
        """Where a needed library is, and whether only the import of another package makes it known."""
        if "/" in name:
            return [Path(name)] if self._exists(Path(name)) else [], False
        if name in self._loaded:
            return [self._loaded[name]], False
        own = self._first(name, (*folders, self.prefix / "lib"))
        if own is not None:
            return [own], False
        # An imported package may have loaded one of the same name already; either may be used.
        packaged = [place for place in self.packaged.get(name, ()) if self._exists(place)]
        of_system = self._first(name, self.system)
        return ([of_system] if of_system else []) + packaged, of_system is None

    def _first(self, name: str, folders: Iterable[Path]) -> Path | None:
        return next((place for folder in folders if self._exists(place := folder / name)), None)

    def _exists(self, place: Path) -> bool:
        if place not in self._elf:
            self._elf[place] = is_elf(self._overlay.get(place, place))
        return self._elf[place]

    @cached_property
    def _loaded(self) -> Mapping[str, Path]:
        """The libraries that the interpreter has loaded, by SONAME: nothing else of that name is loaded again."""
        read = ((path, self.read(path)) for path in self.interpreter.loaded)
        return {elf.soname or path.name: path for path, elf in read if elf is not None}

    def neighbours(self, scope: Scope) -> Iterator[Module]:
        """The other libraries of the packages that the modules of a scope belong to.

        Importing a package may load any of them for all to see.
        """
        known = {module.place for module in scope.modules}
        packages = {package for place in known if (package := self.package_of(place)) is not None}
        for places in self.packaged.values():
            for place in places:
                if place not in known and self.package_of(place) in packages:
                    elf = self.read(place)
                    if elf is not None:
                        yield Module(place, elf)

    def package_of(self, place: Path) -> Path | None:
        """The top-level directory below site-packages that a place is in."""
        for site in self.interpreter.sites:
            if place.is_relative_to(site) and place.parent != site:
                return site / place.relative_to(site).parts[0]
        return None


@lru_cache(maxsize=1024)
def _read(path: str, _size: int, _modified: int) -> ElfFile:
    return read_elf(Path(path))
