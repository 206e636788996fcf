"""git: what it knows of a project's files, and repositories that are fetched for builds.

Of each repository there is one mirror in the cache; each build has a checkout of its own.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.core.activity import doing
from interlock.core.findings import not_cached
from interlock.core.offline import is_offline
from interlock.core.paths import cache_dir
from interlock.core.urls import redacted
from interlock.engines.environ import allowed_environment
from interlock.engines.logins import git_variables
from interlock.engines.process import Completed, run
from interlock_hooks.types import InterlockError, Missing

if TYPE_CHECKING:
    from collections.abc import Sequence

# Not what --mirror takes: forges keep every version of every pull request among the other references.
_REFERENCES = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
_LAST_LINES = 20
# git takes options also behind other arguments, some of which name programs.
_COMMIT = re.compile(r"[0-9a-fA-F]{7,64}|HEAD")


class GitError(Exception):
    """git cannot do what it is asked for; the text says why, ``details`` are its own words, without passwords."""

    def __init__(self, why: str, details: Sequence[str] = ()) -> None:
        super().__init__(why)
        self.details = tuple(details)


def committed_text(folder: Path, name: str, revision: str = "HEAD") -> str:
    """The text of the file ``name`` of a directory, as it was in a revision.

    Raises :class:`GitError` when git is not installed, the directory is in no repository, or the revision or the file
    in it does not exist.
    """
    # A revision that begins with a dash must not become an option.
    found = _run("-C", folder, "cat-file", "blob", "--end-of-options", f"{revision}:./{name}")
    if found.returncode == 0:
        return found.stdout
    if _run("-C", folder, "rev-parse", "--git-dir").returncode:
        raise GitError(f"{folder} is not in a git repository")
    commit = f"{revision}^{{commit}}"
    if _run("-C", folder, "rev-parse", "--quiet", "--verify", "--end-of-options", commit).returncode:
        empty = revision == "HEAD"
        raise GitError("nothing is committed yet" if empty else f"git knows no revision {revision!r}")
    raise GitError(f"{name} is not in {revision}")


def said_by_git(folder: Path, *question: str) -> str:
    """What git prints when it is asked about the repository of a directory; nothing where it cannot tell."""
    try:
        found = _run("-C", folder, *question)
    except GitError:
        return ""
    return found.stdout.strip() if found.returncode == 0 else ""


def checkout(address: str, commit: str, target: Path) -> Path:
    """Check out ``commit`` of the repository at ``address`` with its history, tags and submodules into ``target``.

    Versions that come from tags need the history, so the whole repository is fetched once. Raises :class:`GitError`,
    and :class:`InterlockError` (IL650) for what would have to be fetched while the network is switched off.
    """
    if not _COMMIT.fullmatch(commit):
        raise GitError(f"{commit!r} is not the hash of a commit")
    mirror = _mirror(address, commit)
    _git("clone", "--quiet", "--no-checkout", "--", mirror, target)
    _git("checkout", "--quiet", "--detach", commit, within=target)
    # Relative addresses of submodules start from there.
    _git("remote", "set-url", "origin", address, within=target)
    if (target / ".gitmodules").is_file():
        # git refuses submodules from this machine, since a stranger's repository could name private files.
        trusted = ("-c", "protocol.file.allow=always") if _is_local(address) else ()
        try:
            _git("submodule", "--quiet", "update", "--init", "--recursive", within=target, options=trusted)
        except GitError as error:
            if is_offline():
                raise _not_here(f"submodules of {address}", commit, error.details) from error
            raise
    return target


def has_all(address: str, commit: str) -> bool:
    """Whether :func:`checkout` needs no network: the cache has the commit, and it has no submodules."""
    mirror = _place(address)
    if _is_local(address):
        return True
    return mirror.is_dir() and _has(mirror, f"{commit}^{{commit}}") and not _has(mirror, f"{commit}:.gitmodules")


def _mirror(address: str, commit: str) -> Path:
    # Imported here: comparing versions of a lock does without.
    from filelock import FileLock

    mirror = _place(address)
    if is_offline() and not _is_local(address) and not (mirror.is_dir() and _has_commit(mirror, commit)):
        raise _not_here(address, commit)
    mirror.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{mirror}.lock"):
        if not mirror.is_dir():
            # A clone that is interrupted must not be taken for a mirror.
            with tempfile.TemporaryDirectory(dir=mirror.parent, prefix=".clone-") as folder:
                fresh = Path(folder, "mirror")
                doing(f"fetching {redacted(address)}")
                _git("clone", "--quiet", "--bare", "--", address, fresh)
                shutil.move(fresh, mirror)
        if not _has_commit(mirror, commit):
            doing(f"fetching {redacted(address)}")
            _git("fetch", "--quiet", "--prune", "origin", *_REFERENCES, within=mirror)
        if not _has_commit(mirror, commit):
            # A commit that no branch or tag holds (a force-pushed one) can still be asked for by name.
            _git("fetch", "--quiet", "origin", commit, within=mirror)
    return mirror


def _place(address: str) -> Path:
    return cache_dir() / "git" / hashlib.sha256(address.encode()).hexdigest()[:20]


def _not_here(address: str, commit: str, details: Sequence[str] = ()) -> InterlockError:
    return InterlockError(not_cached([Missing(kind="repository", name=redacted(address), version=commit)], details))


def _has_commit(mirror: Path, commit: str) -> bool:
    return _has(mirror, f"{commit}^{{commit}}")


def _has(mirror: Path, what: str) -> bool:
    return _run("-C", mirror, "cat-file", "-e", what).returncode == 0


def _is_local(address: str) -> bool:
    return address.startswith(("file:", "/"))


def _git(verb: str, *args: str | Path, within: Path | None = None, options: Sequence[str] = ()) -> None:
    done = _run(*options, *(("-C", within) if within else ()), verb, *args)
    if done.returncode:
        raise GitError(f"git {verb} failed", [redacted(line) for line in done.stderr.splitlines()[-_LAST_LINES:]])


def _run(*args: str | Path) -> Completed:
    git = shutil.which("git")
    if git is None:
        raise GitError("git is not installed")
    return run([git, *args], env=_variables())


def _variables() -> dict[str, str]:
    """The caller's PATH, on which git finds ssh, helpers for credentials, and filters such as git-lfs."""
    only_files = {"GIT_ALLOW_PROTOCOL": "file"} if is_offline() else {}
    return allowed_environment() | {
        **only_files,
        **git_variables(),
        "PATH": os.environ.get("PATH", os.defpath),
        # Without a terminal to ask at, git would wait for a password for ever.
        "GIT_TERMINAL_PROMPT": "0",
        # Bytes each second, and for how many seconds there may be fewer.
        "GIT_HTTP_LOW_SPEED_LIMIT": "100",
        "GIT_HTTP_LOW_SPEED_TIME": "300",
    }
