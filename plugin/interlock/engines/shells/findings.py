"""Findings about the user's shell."""

from __future__ import annotations

from collections.abc import Iterable

from interlock_hooks.types import Finding, Severity


def no_terminal() -> Finding:
    """IL196: an interactive shell was asked for where nobody can type."""
    return Finding(
        code="IL196",
        what="standard input is not a terminal",
        why="`env shell` starts a shell to type commands into",
        fix='run one program with `interlock env run -- CMD`; in a script, write eval "$(interlock env shell-hook)"',
    )


def unknown_shell(name: str | None, supported: Iterable[str], advice: str) -> Finding:
    """IL197: the user's shell is unknown, or not supported."""
    known = ", ".join(supported)
    return Finding(
        code="IL197",
        what=f"the shell {name} is not supported" if name else "the shell that runs this command is unknown",
        why=f"the supported shells are {known}",
        fix=f"name one of them with --shell, or {advice}" if advice else "name one of them with --shell",
    )


def missing_shell(name: str) -> Finding:
    """IL197: the shell that was asked for is not on this machine."""
    return Finding(
        code="IL197", what=f"{name} is not installed", why="it is not on PATH", fix="name another shell with --shell"
    )


def moved_zsh(found: str) -> Finding:
    """IL198: zsh reads files elsewhere, whatever it is told."""
    return Finding(
        code="IL198",
        what="the environment cannot be activated in a new zsh",
        why=f"the system's zshenv file sets ZDOTDIR to {found or 'nothing'}",
        fix='activate it in this shell: eval "$(interlock env shell-hook)"',
    )


def nested(label: str) -> Finding:
    """IL199: the shell around the new one has an active environment."""
    return Finding(
        code="IL199",
        severity=Severity.NOTE,
        what=f"environment {label} is active in this shell, and not in the new one",
        why="a shell has one environment at a time",
        fix="nothing has to be done; `exit` leads back to it",
    )
