"""An environment that exists only as directories, with libraries that are compiled for a test."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from interlock.audit.fit import check_fit
from interlock.audit.interpreter import ask_interpreter
from interlock.audit.lacking import Fit
from interlock.audit.world import Module, World
from interlock.engines.python.interpreter import Interpreter
from kit.compiled import compile_library


@pytest.fixture(scope="session")
def running() -> Interpreter:
    """The interpreter that runs the tests, as it says itself."""
    return ask_interpreter(Path(sys.prefix))


class Place:
    """A prefix with a site-packages directory, to put compiled files into."""

    def __init__(self, prefix: Path, running: Interpreter) -> None:
        self.prefix = prefix
        self.site = prefix / "lib" / "python3" / "site-packages"
        self.site.mkdir(parents=True)
        self._running = running

    @property
    def world(self) -> World:
        """The environment as it is now."""
        return World(self.prefix, replace(self._running, sites=(self.site,)))

    def library(
        self,
        name: str,
        source: str,
        *flags: str,
        needs: Sequence[Path] = (),
        versions: str = "",
        soname: str | None = None,
        language: str = "c++",
    ) -> Path:
        """Compile a library to a path relative to site-packages."""
        path = Path(os.path.normpath(self.site / name))
        return compile_library(path, source, *flags, needs=needs, versions=versions, soname=soname, language=language)

    def check(self, *paths: Path) -> Fit:
        """Check modules at their places."""
        world = self.world
        return check_fit([Module(path, elf) for path in paths if (elf := world.read(path)) is not None], world)


@pytest.fixture
def place(tmp_path: Path, running: Interpreter) -> Place:
    """An empty environment."""
    return Place(tmp_path / "prefix", running)
