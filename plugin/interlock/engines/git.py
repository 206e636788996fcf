"""What git knows of a project's files, without changing anything."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from interlock.engines.environ import allowed_environment
from interlock.engines.process import Completed, run

if TYPE_CHECKING:
    from pathlib import Path


class NotCommittedError(Exception):
    """There is no such file in a revision; the text says why."""


def committed_text(folder: Path, name: str, revision: str = "HEAD") -> str:
    """The text of the file ``name`` of a directory, as it was in a revision.

    Raises :class:`NotCommittedError` when git is not installed, the directory is in no repository, or the revision or
    the file in it does not exist.
    """
    git = shutil.which("git")
    if git is None:
        raise NotCommittedError("git is not installed")
    # A revision that begins with a dash must not become an option.
    found = _git(git, folder, "cat-file", "blob", "--end-of-options", f"{revision}:./{name}")
    if found.returncode == 0:
        return found.stdout
    if _git(git, folder, "rev-parse", "--git-dir").returncode:
        raise NotCommittedError(f"{folder} is in no git repository")
    if _git(git, folder, "rev-parse", "--quiet", "--verify", "--end-of-options", f"{revision}^{{commit}}").returncode:
        empty = revision == "HEAD"
        raise NotCommittedError("nothing is committed yet" if empty else f"git knows no revision {revision!r}")
    raise NotCommittedError(f"{name} is not in {revision}")


def _git(git: str, folder: Path, *args: str) -> Completed:
    return run([git, "-C", folder, *args], env=allowed_environment())
