"""Shells in which an environment of a project is active."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interlock.engines.shells.changes import ACTIVATED, changes, deactivated, without_prefix
from interlock.engines.shells.findings import missing_shell, nested, no_terminal, unknown_shell
from interlock.engines.shells.interactive import start_shell
from interlock.engines.shells.known import INTERACTIVE, SCRIPTED, Shell, calling_shell, find_shell
from interlock.engines.shells.scripts import activation_script
from interlock.project.activation import activate, own_variables
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from interlock.project.opening import Project
    from interlock_hooks.types import Finding


@dataclass(frozen=True, slots=True)
class Variables:
    """What activates an environment: the variables to set, and those to remove."""

    set: dict[str, str]
    unset: list[str]


def variables_to_set(project: Project, name: str, current: Mapping[str, str]) -> Variables:
    """What makes the variables of an activated environment of the ``current`` ones.

    Raises :class:`InterlockError` (IL692) when the environment is not installed.
    """
    wanted = activate(project, name, current)
    different = {name: value for name, value in wanted.items() if current.get(name) != value}
    return Variables(different, sorted(set(current) - set(wanted)))


def activating_script(project: Project, name: str, shell: str, *, prompt: bool) -> str:
    """The script that activates an environment in a shell, one of :data:`SCRIPTED`; with or without a ``prompt``.

    It also sets what happens to have the right value here: it may be used where that is otherwise, or after the user's
    files were read. Raises :class:`InterlockError` (IL692) when the environment is not installed.
    """
    base = deactivated(os.environ)
    variables = activate(project, name, base)
    shown = variables.get("PIXI_PROMPT", f"({name}) ") if prompt else ""
    same = {each for each in own_variables(project, name) if base.get(each) == variables.get(each)}
    elsewhere = {each: value for each, value in base.items() if each not in same}
    elsewhere["PATH"] = without_prefix(base.get("PATH", ""), variables["CONDA_PREFIX"])
    return activation_script(shell, changes(elsewhere, variables), prompt=shown)


def scripted_shell(name: str | None, supported: Collection[str] = SCRIPTED, advice: str = "") -> str:
    """The shell to write a script for: ``name``, else the one around us.

    Raises :class:`InterlockError` (IL197) when that is not among the ``supported`` ones; ``advice`` is what else to do.
    """
    if name is not None:
        return name
    found = calling_shell()
    if found is None or found.name not in supported:
        raise InterlockError(unknown_shell(found.name if found else None, supported, advice))
    return found.name


def interactive_shell(name: str | None) -> Shell:
    """The shell to start: ``name``, else the one around us.

    Raises :class:`InterlockError`: IL196 without a terminal, IL197 for a shell that is not there or not supported.
    """
    if not os.isatty(0):
        raise InterlockError(no_terminal())
    found = calling_shell() if name is None else find_shell(name)
    if name is not None and found is None:
        raise InterlockError(missing_shell(name))
    if found is None or found.name not in INTERACTIVE:
        advice = "use `interlock env run -- CMD`"
        raise InterlockError(unknown_shell(found.name if found else None, INTERACTIVE, advice))
    return found


def left_behind() -> tuple[Finding, ...]:
    """A note about the environment that is active in the shell around us, if one is."""
    if ACTIVATED not in os.environ:
        return ()
    return (nested(os.environ.get("CONDA_DEFAULT_ENV", "another")),)


def open_shell(shell: Shell, script: str, *, wait: bool) -> int:
    """Become an interactive shell in which ``script`` ran at first, or with ``wait`` return its exit code in the end.

    An environment that is active in the shell around us is not in the new one. Raises :class:`InterlockError` (IL195,
    IL198) when it cannot be started.
    """
    return start_shell(shell, script, deactivated(os.environ), wait=wait)
