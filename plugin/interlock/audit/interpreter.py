"""The interpreter of a prefix that is examined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.engines.python import interpreter as engine
from interlock_hooks.types import Finding, InterlockError

if TYPE_CHECKING:
    from pathlib import Path


def ask_interpreter(prefix: Path) -> engine.Interpreter:
    """Ask the interpreter of a prefix: of conda, pixi, a virtual environment or the system.

    Raises :class:`InterlockError` (IL570) when there is none that works.
    """
    try:
        return engine.ask_interpreter(engine.python_of(prefix))
    except engine.InterpreterError as error:
        raise InterlockError(
            Finding(
                code="IL570",
                what=f"{prefix} has no Python interpreter that works here",
                why=str(error),
                fix="name the directory of an environment with Python, made for this kind of machine",
            )
        ) from error
