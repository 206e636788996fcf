"""The documents of commands about a project and its environments: ``env info``, ``list``, ``run`` and ``clean``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from interlock.cli.documents import environment as documents
    from interlock.project.described import EnvironmentInfo, ProjectInfo
    from interlock.project.listing import Listing


def info_document(info: ProjectInfo) -> dict[str, Any]:
    """``env info``: what Interlock knows, and what each plugin adds under a key of its own."""
    own: documents.EnvInfo = {
        "name": info.name,
        "manifest": info.manifest,
        "platform": info.platform,
        "channels": list(info.channels),
        "virtual_packages": [
            {"name": each.name, "version": each.version, "build": each.build, "origin": each.origin}
            for each in info.virtual_packages
        ],
        "environments": [_environment(each) for each in info.environments],
        "lock": {"path": info.lock.path, "state": info.lock.state},
        "plugins": list(info.plugins),
        "confinement": {
            "writing": info.confinement.writing,
            "network": info.confinement.network,
            "denied": info.confinement.denied,
            "memory": info.confinement.memory,
        },
        "cache": info.cache,
        "versions": info.versions,
        "unread": list(info.unread),
    }
    document: dict[str, Any] = {**own}
    for section in info.sections:
        document.setdefault(section.name, dict(section.data))
    return document


def _environment(info: EnvironmentInfo) -> documents.EnvironmentInfo:
    return {
        "name": info.name,
        "platforms": list(info.platforms),
        "prefix": info.prefix,
        "installed": info.installed,
        "solve_group": info.solve_group,
    }


def list_document(environment: str, listing: Listing) -> documents.EnvList:
    """``env list``: the packages that are installed, or else locked."""
    return {
        "environment": environment,
        "installed": listing.installed,
        "packages": [
            {"name": each.name, "version": each.version, "kind": each.kind, "source": each.source}
            for each in listing.packages
        ],
    }


def run_document(environment: str, program: Sequence[str], status: int) -> documents.EnvRun:
    """``env run``: how the program ended; what it printed is on stderr."""
    return {"environment": environment, "program": list(program), "status": status}


def exec_document(prefix: Path, program: Sequence[str], status: int) -> documents.EnvExec:
    """``env exec``: where the throw-away environment is, and how the program ended."""
    return {"prefix": str(prefix), "program": list(program), "status": status}


def clean_document(removed: Iterable[Path]) -> documents.EnvClean:
    """``env clean``: the directories that are gone."""
    return {"removed": [str(path) for path in removed]}
