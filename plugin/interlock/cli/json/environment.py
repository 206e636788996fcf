"""The documents of commands about a project and its environments: ``env info``, ``list``, ``run`` and ``clean``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from interlock.project.info import ProjectInfo
    from interlock.project.listing import Listing


def info_document(info: ProjectInfo) -> dict[str, Any]:
    """``env info``: the fields of the result, and what each plugin adds under a key of its own."""
    # Imported here: the other documents are made of what is at hand.
    from dataclasses import asdict

    own = asdict(info)
    del own["sections"]
    for section in info.sections:
        own.setdefault(section.name, dict(section.data))
    return own


def list_document(environment: str, listing: Listing) -> dict[str, Any]:
    """``env list``: the packages that are installed, or else locked."""
    return {
        "environment": environment,
        "installed": listing.installed,
        "packages": [package._asdict() for package in listing.packages],
    }


def run_document(environment: str, program: Sequence[str], status: int) -> dict[str, Any]:
    """``env run``: how the program ended; what it printed is on stderr."""
    return {"environment": environment, "program": list(program), "status": status}


def exec_document(prefix: Path, program: Sequence[str], status: int) -> dict[str, Any]:
    """``env exec``: where the throw-away environment is, and how the program ended."""
    return {"prefix": str(prefix), "program": list(program), "status": status}


def clean_document(removed: Iterable[Path]) -> dict[str, Any]:
    """``env clean``: the directories that are gone."""
    return {"removed": [str(path) for path in removed]}
