"""The keys beside ``git`` that say which commit is meant, in tables of conda and of PyPI dependencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.manifest import codes

if TYPE_CHECKING:
    from interlock.manifest.table import Table

REFERENCES = ("rev", "branch", "tag")
# git fetches large files itself, where git-lfs is installed.
_LFS = "lfs"


def check_git_keys(table: Table) -> None:
    """Report keys that only have a meaning beside ``git``, and more than one reference to a commit."""
    table.ignore(_LFS)
    given = [key for key in REFERENCES if key in table]
    alone = [key for key in (*REFERENCES, _LFS) if key in table and "git" not in table]
    if alone:
        fix = "add 'git' with the address of the repository"
        table.error(codes.MISSING_KEY, f"{alone[0]!r} without 'git' has no meaning", alone[0], fix=fix)
    if len(given) > 1:
        table.error(codes.CONFLICT, f"only one of {', '.join(given)} is allowed", given[1])
