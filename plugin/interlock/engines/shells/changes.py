"""What activating an environment changes in a shell, and the variables of a shell without that."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import NamedTuple

# The names of the variables that the active environment changed, and what these were before. They are exported, so that
# programs of the shell can look through the activation.
ACTIVATED = "INTERLOCK_ACTIVATED"
SAVED = "INTERLOCK_SAVED_"

# What shells keep for themselves, or allow nobody to set.
_SHELLS_OWN = frozenset(
    {
        *("_", "SHLVL", "PWD", "OLDPWD", "PS1", "PROMPT"),
        *("UID", "EUID", "PPID", "SHELLOPTS", "BASHOPTS", "BASH_VERSINFO"),
        *("status", "version", "history", "hostname", "pipestatus", "fish_pid"),
    }
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Change(NamedTuple):
    """A variable that gets a ``value``, or is removed (``None``).

    Of a list with colons that only grows, ``before`` and ``after`` are the entries that come to those which are there
    already, so that a shell keeps what it has added to such a list itself.
    """

    name: str
    value: str | None
    before: str = ""
    after: str = ""

    @property
    def extends(self) -> bool:
        """Whether the variable keeps its entries and gets further ones."""
        return bool(self.before or self.after)


def changes(base: Mapping[str, str], activated: Mapping[str, str]) -> tuple[Change, ...]:
    """What makes the variables ``activated`` of ``base``, by name.

    Variables that a shell cannot have, such as functions that bash exports, are left out.
    """
    names = sorted(name for name in {*base, *activated} if base.get(name) != activated.get(name))
    return tuple(
        _change(name, base.get(name), activated.get(name))
        for name in names
        if _NAME.fullmatch(name) and name not in _SHELLS_OWN and not _is_ours(name)
    )


def _change(name: str, old: str | None, new: str | None) -> Change:
    if old and new:
        before, found, after = f"{os.pathsep}{new}{os.pathsep}".partition(f"{os.pathsep}{old}{os.pathsep}")
        if found:
            return Change(name, new, before.strip(os.pathsep), after.strip(os.pathsep))
    return Change(name, new)


def recorded(base: Mapping[str, str], activated: Mapping[str, str]) -> dict[str, str]:
    """The variables ``activated`` with a record of those of ``base`` that they replace; see :func:`deactivated`."""
    names = [change.name for change in changes(base, activated)]
    saved = {SAVED + name: base[name] for name in names if name in base}
    return {**activated, **saved, ACTIVATED: " ".join(names)}


def without_prefix(path: str, prefix: str | None) -> str:
    """The entries of ``PATH`` that are outside of a prefix."""
    entries = path.split(os.pathsep)
    return os.pathsep.join(entry for entry in entries if not prefix or not f"{entry}/".startswith(f"{prefix}/"))


def deactivated(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables as they would be if no environment were active around this process; unchanged if none is.

    Of ``PATH``, everything stays that is outside of the environment: more may have been added since.
    """
    names = variables.get(ACTIVATED, "").split()
    result = {name: value for name, value in variables.items() if not _is_ours(name)}
    for name in names:
        old = variables.get(SAVED + name)
        if old is None:
            result.pop(name, None)
        elif name == "PATH":
            result[name] = without_prefix(variables.get(name, old), variables.get("CONDA_PREFIX"))
        else:
            result[name] = old
    return result


def _is_ours(name: str) -> bool:
    return name == ACTIVATED or name.startswith(SAVED)
