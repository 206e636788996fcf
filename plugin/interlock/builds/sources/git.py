"""Git sources: one mirror per repository in the cache, one checkout per build."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from interlock.builds.sources.findings import not_cloned
from interlock.core.paths import cache_dir
from interlock.engines.environ import allowed_environment
from interlock.engines.process import run
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Sequence


def checkout(url: str, commit: str, target: Path) -> Path:
    """Check out ``commit`` of the repository ``url`` with its tags and submodules into ``target``.

    Versions that come from tags need the history, so the whole repository is mirrored once. Raises
    :class:`InterlockError` (IL401) with git's words when that fails.
    """
    address = url.removeprefix("git+")
    mirror = _mirror(address, commit)
    _git(["clone", "--quiet", "--no-checkout", "--", mirror, target], address)
    _git(["-C", target, "checkout", "--quiet", "--detach", commit], address)
    _git(["-C", target, "remote", "set-url", "origin", address], address)
    if (target / ".gitmodules").is_file():
        _git(["-C", target, "submodule", "--quiet", "update", "--init", "--recursive"], address)
    return target


def _mirror(address: str, commit: str) -> Path:
    mirror = cache_dir() / "git" / hashlib.sha256(address.encode()).hexdigest()[:20]
    mirror.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{mirror}.lock"):
        if not mirror.is_dir():
            # A clone that is interrupted must not be taken for a mirror.
            with tempfile.TemporaryDirectory(dir=mirror.parent, prefix=".clone-") as folder:
                fresh = Path(folder, "mirror")
                _git(["clone", "--quiet", "--mirror", "--", address, fresh], address)
                shutil.move(fresh, mirror)
        elif not _has_commit(mirror, commit):
            _git(["-C", mirror, "fetch", "--quiet", "--prune", "origin"], address)
        if not _has_commit(mirror, commit):
            # A commit that no branch or tag holds (a force-pushed one) can still be asked for by name.
            _git(["-C", mirror, "fetch", "--quiet", "origin", commit], address)
    return mirror


def _has_commit(mirror: Path, commit: str) -> bool:
    try:
        return run(["git", "-C", mirror, "cat-file", "-e", f"{commit}^{{commit}}"], env=_variables()).returncode == 0
    except FileNotFoundError:
        return False


def _git(args: Sequence[str | Path], address: str) -> None:
    try:
        done = run(["git", *args], env=_variables())
    except FileNotFoundError as error:
        raise InterlockError(not_cloned(address, "git is not installed")) from error
    if done.returncode:
        raise InterlockError(not_cloned(address, f"git {args[0]} failed", done.stderr.splitlines()[-20:]))


def _variables() -> dict[str, str]:
    # Without a terminal to ask at, git would wait for a password for ever.
    return allowed_environment() | {"GIT_TERMINAL_PROMPT": "0"}
