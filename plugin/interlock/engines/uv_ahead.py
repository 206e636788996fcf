"""Wheels are downloaded, and looked into, before there is an interpreter that they could be installed for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.activity import doing
from interlock.engines.uv import again_if_damaged, install_error, install_into_nowhere, uv
from interlock.engines.uv_steps import Steps
from interlock.engines.wheel_files import see_wheels, unseen_wheels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from interlock_hooks.types import PyPIPackage

# What uv says of a file that it cannot have, once it has tried again. Nothing else it says is final: an interpreter
# stands in for another one.
_FINAL = ("hash mismatch", "failed to download", "failed to fetch")


class _AllHere(Exception):  # noqa: N818 - no error: it ends a run of uv
    pass


def fetch_wheels(packages: Sequence[PyPIPackage], *, python: str, root: Path) -> bool:
    """Have uv's cache hold the wheels of packages for an interpreter of version ``python``; say whether it does now.

    Which files are in them is remembered (:mod:`~interlock.engines.wheel_files`). Raises :class:`InterlockError` as
    :func:`install_packages` does when a file cannot be had or has a wrong hash. The install itself tells of all else
    that is wrong.
    """
    steps, unseen = Steps(doing), unseen_wheels(packages)

    def hear(line: str) -> None:
        steps.hear(line)
        if steps.prepared and not unseen:
            raise _AllHere

    # It is ended when it has everything, which it says before it begins to link, unless there is something to see.
    with install_into_nowhere(packages, python=python) as nowhere:
        try:
            done = again_if_damaged(
                lambda: uv(nowhere.command, cwd=root, settings=nowhere.settings, on_error_line=hear)
            )
        except _AllHere:
            return True
        finally:
            doing("")
        if done.returncode == 0:
            see_wheels(unseen, nowhere.prefix)
    said = done.stderr.lower()
    if done.returncode and any(words in said for words in _FINAL):
        raise install_error(steps.others(done.stderr), packages)
    return done.returncode == 0
