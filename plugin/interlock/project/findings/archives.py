"""Findings about environments that are packed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock_hooks.types import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def unknown_archive(path: Path, endings: Sequence[str]) -> Finding:
    """IL670: the name of an archive does not say of which kind it is to be."""
    return Finding(
        code="IL670",
        what=f"{path.name} is not the name of an archive that Interlock can write",
        fix=f"choose a name that ends with {', '.join(endings[:-1])} or {endings[-1]}",
    )


def editable_left_out(names: Sequence[str], *, refused: bool) -> Finding:
    """IL671: editable packages are links to directories of this machine; IL672 when they are left out."""
    several = len(names) > 1
    if refused:
        return Finding(
            code="IL671",
            what=f"{', '.join(names)} {'are' if several else 'is'} editable, and cannot be packed",
            why="an editable package is a link to a directory of this machine",
            fix="write `editable = false` in the manifest, or leave them out with --without-editable",
        )
    return Finding(
        code="IL672",
        severity=Severity.WARNING,
        what=f"the archive leaves out {', '.join(names)}",
        why=f"{'they are' if several else 'it is'} editable: a link to a directory of this machine",
        fix="bring the source along",
    )


def cannot_be_packed(name: str, path: Path, error: Exception) -> Finding:
    """IL673: no archive can be made of an environment."""
    return Finding(
        code="IL673",
        what=f"environment {name} cannot be packed into {path}",
        why=(isinstance(error, OSError) and error.strerror) or " ".join(str(error).split()),
        fix="run `interlock env doctor`, and check the directory and the free space where the archive is written",
    )


def half_installed(name: str, path: Path) -> Finding:
    """IL673: the last install of an environment did not end."""
    return Finding(
        code="IL673",
        what=f"environment {name} cannot be packed into {path}",
        why="its last install was interrupted or failed, so that something may be missing",
        fix="run `interlock env install`",
    )
