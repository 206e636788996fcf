"""What activation scripts changed, remembered so that `env run` need not start a shell.

Only the changes are stored, never the caller's variables, which may hold secrets: they enter as a digest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from interlock.core import remembered

if TYPE_CHECKING:
    from pathlib import Path

# They differ from call to call, and activation scripts do not look at them.
_VOLATILE = frozenset({"_", "SHLVL", "PWD", "OLDPWD", "COLUMNS", "LINES", "WINDOWID", "TERM_SESSION_ID"})
_FORMAT = "1"
_KIND = "activation"


class Effect(NamedTuple):
    """The variables that scripts set or changed, and those that they removed."""

    set: dict[str, str]
    removed: list[str]

    @classmethod
    def between(cls, before: Mapping[str, str], after: Mapping[str, str], *, ignored: Collection[str]) -> Effect:
        """What turned ``before`` into ``after``, apart from variables that every shell sets."""
        changed = {name: value for name, value in after.items() if name not in ignored and before.get(name) != value}
        return cls(changed, sorted(name for name in before if name not in after and name not in ignored))

    def applied_to(self, variables: Mapping[str, str]) -> dict[str, str]:
        """``variables`` after the change."""
        return {name: value for name, value in variables.items() if name not in self.removed} | self.set


def state_of(prefix: Path, variables: Mapping[str, str], scripts: Sequence[Path]) -> str:
    """A digest of everything that decides what the scripts of packages do.

    They may look for files of other packages: whenever packages come to the prefix or leave it, it is another state.
    """
    facts: list[object] = [_FORMAT, sorted((name, value) for name, value in variables.items() if name not in _VOLATILE)]
    facts.append((prefix / "conda-meta").stat().st_mtime_ns)
    for script in scripts:
        status = script.stat()
        facts.append([str(script), status.st_mtime_ns, status.st_size])
    return remembered.digest_of(facts)


def recall(prefix: Path, state: str) -> Effect | None:
    """The change that was remembered for this state of a prefix, or ``None``."""
    answer = remembered.recall(_KIND, str(prefix), state)
    try:
        return Effect(answer["set"], answer["removed"])
    except (KeyError, TypeError):
        return None


def remember(prefix: Path, state: str, effect: Effect) -> None:
    """Keep a change; without a writable cache the scripts just run again next time."""
    remembered.remember(_KIND, str(prefix), state, effect._asdict())
