"""Findings about the command line itself; imported only when something is wrong."""

from __future__ import annotations

from interlock_hooks.types import Finding


def no_program() -> Finding:
    """IL190: ``env run`` without a program."""
    return Finding(
        code="IL190",
        what="there is no program to run",
        why="`env run` needs the program and its arguments",
        fix="write them after --: interlock env run -- CMD",
    )


def no_working_directory() -> Finding:
    """IL193: the working directory was removed."""
    return Finding(
        code="IL193",
        what="the working directory no longer exists",
        why="it was removed or replaced after this shell entered it",
        fix='change to an existing directory; `cd "$PWD"` enters the new one if it was recreated',
    )


def bug(error: Exception) -> Finding:
    """IL999: an exception that is not an :class:`~interlock_hooks.types.InterlockError`."""
    return Finding(
        code="IL999",
        what=f"Interlock failed unexpectedly: {type(error).__name__}: {error}",
        why="this is a bug in Interlock or in a plugin, not in your project",
        fix="run the command again with -vv and report the output",
    )
