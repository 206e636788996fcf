"""Findings about programs that cannot be run, and about running uv."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.urls import redacted
from interlock_hooks.types import Finding, PyPIPackage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def program_not_started(program: str, why: str, interpreter: str | None) -> Finding:
    """IL195: the operating system cannot start a program of the user's; ``interpreter`` is the one that it lacks."""
    what = f"could not start {program}"
    if interpreter:
        why = f"its first line names the interpreter {interpreter}, which does not exist"
        return Finding(code="IL195", what=what, why=why, fix="correct the first line of the script")
    return Finding(code="IL195", what=what, why=why, fix="check that the file is a program for this machine")


def uv_not_started(error: OSError) -> Finding:
    """IL390: uv is missing or cannot be run."""
    return Finding(
        code="IL390",
        what="could not start uv",
        why=str(error),
        fix="install Interlock again; uv is one of its dependencies",
    )


def no_virtual_environment(python: Path, details: Sequence[str]) -> Finding:
    """IL391: uv cannot create a virtual environment for an interpreter."""
    return Finding(
        code="IL391",
        what=f"could not create a virtual environment for {python}",
        why="it does not work as a Python interpreter should",
        fix="remove the environment with `interlock env clean` and install it again",
        details=tuple(details),
    )


def not_installed(packages: Sequence[PyPIPackage], reason: str | None, details: Sequence[str]) -> Finding:
    """IL392: uv cannot install packages; ``reason`` is why a server did not give it their files."""
    one = packages[0] if len(packages) == 1 else None
    what = f"one or more of {len(packages)} PyPI packages" if one is None else str(one)
    address = "an artifact" if one is None else redacted(one.artifact.url)
    return Finding(
        code="IL392",
        what=f"could not install {what}",
        why=f"{address} cannot be fetched: {reason}" if reason else f"uv could not download or unpack {address}",
        fix="check the network and the proxy variables; if the server is only busy, run the command again: installed "
        "packages are kept",
        details=tuple(details),
    )


def not_stored(why: str, details: Sequence[str]) -> Finding:
    """IL394: uv cannot write what it installs, to its cache or to the environment."""
    return Finding(
        code="IL394",
        what="could not store PyPI packages on this machine",
        why=why,
        fix="free some space, or make the directory writable; UV_CACHE_DIR chooses another one for uv's cache",
        details=tuple(details),
    )


def not_uninstalled(names: Sequence[str], details: Sequence[str]) -> Finding:
    """IL393: uv cannot remove packages."""
    return Finding(
        code="IL393",
        what=f"could not uninstall {', '.join(names)}",
        why="uv could not remove the files",
        details=tuple(details),
    )
