"""``[workspace.dependencies]``: what entries of dependency tables inherit with ``{ workspace = true }``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from interlock.manifest import codes
from interlock.manifest.report import nearest

if TYPE_CHECKING:
    from interlock.manifest.table import Table

# What says which package it is; an entry that inherits cannot say it again.
_OWNED = ("version", "path", "git", "url")


@dataclass(frozen=True)
class Pool:
    """The table of the workspace, ``None`` if there is none."""

    table: Table | None = None

    @cached_property
    def entries(self) -> dict[str, Any]:
        """What the table says, by package names in lower case."""
        return {key.lower(): value for key, value in self.table.data.items()} if self.table else {}


NO_POOL = Pool()


def inherited(entry: Table, name: str, pool: Pool) -> Table | None:
    """An entry of a dependency table with what it inherits; ``None`` if it cannot, which is then reported."""
    if "workspace" not in entry:
        return entry
    if not entry.boolean("workspace"):
        what = "'workspace' can only be true"
        entry.error(codes.WRONG_VALUE, what, "workspace", fix="leave it out where nothing is inherited")
        return None
    owned = next((key for key in _OWNED if key in entry), None)
    if owned:
        what = f"{name!r} inherits from [workspace.dependencies], and has {owned!r} of its own"
        entry.error(codes.CONFLICT, what, owned, fix=f"remove {owned!r}, or write the entry without 'workspace'")
        return None
    base = pool.entries.get(name)
    if base is None:
        _not_there(entry, name, pool)
    if not isinstance(base, (str, dict)):
        return None
    said = {key: value for key, value in entry.data.items() if key != "workspace"}
    return entry.at({**(base if isinstance(base, dict) else {"version": base}), **said})


def _not_there(entry: Table, name: str, pool: Pool) -> None:
    guess = nearest(name, pool.entries)
    entry.error(
        codes.MISSING_KEY,
        f"{name!r} inherits from [workspace.dependencies], which does not have it",
        "workspace",
        fix=f"did you mean {guess!r}?" if guess else f'add {name} = "*" to [workspace.dependencies]',
        absent=[(*pool.table.path, name)] if pool.table else (),
    )
