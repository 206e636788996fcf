"""The interpreters of builds, each asked once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.builds.run.findings import unusable_interpreter
from interlock.core.once import once
from interlock.engines.python import interpreter as engine
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from pathlib import Path


def ask_interpreter(python: Path) -> engine.Interpreter:
    """Facts about the interpreter ``python``, asked once per file. Raises :class:`InterlockError` (IL419)."""
    try:
        return _ask(python, python.stat().st_mtime_ns)
    except (OSError, engine.InterpreterError) as error:
        raise InterlockError(unusable_interpreter(python, str(error))) from error


def purelib(python: Path) -> Path:
    """The site-packages directory of an interpreter; raises as :func:`ask_interpreter`."""
    return ask_interpreter(python).purelib


@once
def _ask(python: Path, _stamp: int) -> engine.Interpreter:
    return engine.ask_interpreter(python)
