"""The interpreter of a prefix that is examined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.audit.findings.code import no_interpreter
from interlock.engines.python import interpreter as engine
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from pathlib import Path


def ask_interpreter(prefix: Path) -> engine.Interpreter:
    """Ask the interpreter of a prefix: of conda, pixi, a virtual environment or the system.

    Raises :class:`InterlockError` (IL570) when there is none that works.
    """
    try:
        return engine.ask_interpreter(engine.python_of(prefix))
    except engine.InterpreterError as error:
        raise InterlockError(no_interpreter(prefix, str(error))) from error
