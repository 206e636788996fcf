"""The digest of a request: it changes when the manifest asks for something else, which makes the lock outdated."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interlock.core.deciding import deciding_files
from interlock.core.files import is_directory, is_file, sha256_of
from interlock.core.pep508 import url_in
from interlock.core.recipes import sources_of, with_digest
from interlock.core.shapes import texts_in
from interlock.core.toml import read_tables, value_at
from interlock.core.urls import file_path
from interlock.lock.portable import Portable
from interlock_hooks.types import Location

if TYPE_CHECKING:
    from interlock_hooks.types import (
        CondaRecord,
        CondaRequest,
        CondaSource,
        EnvironmentRequest,
        LockedEnvironment,
        Requirement,
        Solve,
    )

# Says nothing about what is solved: what a platform is called, where the project lies, what activation adds, how builds
# share this machine, what they may do to it, where wheels are kept and how they are checked. What a map of names lists
# is in its hash.
_IRRELEVANT = frozenset(
    {
        "root",
        "platform_name",
        "beside",
        "places",
        "activation",
        "overruled_python",
        "jobs",
        "memory_per_job",
        "confine",
        "disk",
        "memory",
        "timeout",
        "network",
        "writable",
        "store",
        "audit",
        "listed",
        "built_from",
        "recipe_variants",
        # Their defaults must not make every lock outdated that was written before there was a choice.
        "allow",
        "trust",
    }
)
# The keys of a project that decide what it requires. Others change often, its version above all.
_DECIDING = ("name", "dynamic", "requires-python", "dependencies", "optional-dependencies")
_SOURCES = frozenset({"sources", "index"})
_ASKED_OF_BACKEND = frozenset({"dependencies", "optional-dependencies", "requires-python"})


def request_digest(request: EnvironmentRequest, *, conda_overrides: Mapping[str, str] | None = None) -> str:
    """``sha256:…`` of all that a request asks for, the same on every machine and in every directory.

    Where in the manifest something stands does not count, nor do credentials. The metadata of local directories among
    the requirements counts, and the whole source of conda packages that are built here. ``conda_overrides`` are
    variables that took part in the solve, if any should count.
    """
    portable = Portable(request.root, request.beside)
    built = sources_of((*request.conda_specs, *request.conda_constraints))
    return _digest_of(
        {
            "request": _plain(request, portable),
            "projects": {each.name: _project(_tree_of(each), portable) for each in request.requirements},
            "overrides": dict(conda_overrides or {}),
            **({"allow": request.build.allow} if request.build.allow != "all" else {}),
            **({"trust": trust} if any(trust := _trust(request)) else {}),
            **({"variants": _plain(variants, portable)} if (variants := request.recipe_variants) else {}),
            **({"sources": [[spec.name, _source(each, portable)] for each, spec in built.items()]} if built else {}),
        }
    )


def _trust(request: EnvironmentRequest) -> list[tuple[str, ...]]:
    """The keys that each source of prebuilt wheels has to have; those of stores decide nothing in a lock."""
    return [source.trust for package in request.build.packages for source in package.prebuilt]


def solve_digests(solve: Solve, *, conda_overrides: Mapping[str, str] | None = None) -> dict[str, str]:
    """The :func:`request_digest` of each member, with what its solve group asks for as a whole, if it is in one."""
    own = {each.name: request_digest(each, conda_overrides=conda_overrides) for each in solve.members}
    if solve.group is None:
        return own
    group = request_digest(solve.request, conda_overrides=conda_overrides)
    return {name: _digest_of({"request": digest, "group": group}) for name, digest in own.items()}


def conda_digest(asked: CondaRequest, records: Iterable[CondaRecord], *, root: Path) -> str:
    """``sha256:…`` of what is asked of conda and of its answer, the same on every machine.

    What was preferred does not count, nor does the order of the records.
    """
    portable = Portable(root)
    request = _plain(replace(asked, preferred=()), portable)
    answer = sorted(json.dumps(_plain(each, portable), sort_keys=True) for each in records)
    return _digest_of({"request": request, "records": answer})


def locked_digest(digest: str, request: EnvironmentRequest, locked: LockedEnvironment) -> str:
    """The digest of a request together with the source trees that only other packages or builds require.

    Which those are is known once it is ``locked``; ``digest`` is the :func:`request_digest`, and what is left where
    there are none.
    """
    portable = Portable(request.root, request.beside)
    known = {each.name for each in request.requirements if _tree_of(each)}
    trees = {name: _project(tree, portable) for name, tree in _trees_in(locked).items() if name not in known}
    return _digest_of({"request": digest, "projects": trees}) if trees else digest


def local_sources(request: EnvironmentRequest, locked: LockedEnvironment) -> tuple[str, ...]:
    """The names of what a :func:`locked_digest` depends on beside the manifest: packages with a source tree here."""
    conda = sources_of((*request.conda_specs, *request.conda_constraints)).values()
    names = (*(spec.name for spec in conda), *(each.name for each in request.requirements if _tree_of(each)))
    return tuple(dict.fromkeys((*names, *_trees_in(locked))))


def _trees_in(locked: LockedEnvironment) -> dict[str, Path]:
    """The source trees of a lock, of packages and of what builds need, by the name of the package."""
    packages = [*locked.resolution.packages, *(each for plan in locked.plans for each in plan.overlay)]
    return {
        each.name: folder / (each.artifact.subdirectory or "")
        for each in packages
        if (folder := _directory(each.artifact.url))
    }


def _digest_of(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _plain(value: Any, portable: Portable) -> Any:
    if is_dataclass(value):
        items = {field.name: getattr(value, field.name) for field in fields(value) if field.compare}
        kept = {name: item for name, item in items.items() if name not in _IRRELEVANT and not _is_place(item)}
        return {name: _plain(item, portable) for name, item in kept.items()}
    if isinstance(value, Mapping):
        return {str(key): _plain(item, portable) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(_plain(item, portable) for item in value)
    if isinstance(value, (list, tuple)):
        return [_plain(item, portable) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (str, Path)):
        return portable.pack(str(value))
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)


def _is_place(value: Any) -> bool:
    return isinstance(value, Location)


def _tree_of(requirement: Requirement) -> Path | None:
    """The local directory that a requirement names, if it names one."""
    return _directory(url_in(requirement.text))


def _directory(url: str) -> Path | None:
    folder = file_path(url)
    return folder if folder is not None and is_directory(folder) else None


def _source(source: CondaSource, portable: Portable) -> Any:
    """The source of a conda package: where it lies, and what is in it."""
    known = with_digest(source)
    return [portable.pack(known.url), known.recipe, known.digest]


def _project(folder: Path | None, portable: Portable) -> str | None:
    """What a source tree says that it requires; ``None`` if there is none."""
    if folder is None:
        return None
    tables = read_tables(folder / "pyproject.toml")
    project = tables.get("project", {})
    content: dict[str, Any] = {name: _plain(project.get(name), portable) for name in _DECIDING}
    content["build-system"] = _plain(tables.get("build-system"), portable)
    # uv reads these of every local project.
    settings = value_at(tables, ("tool", "uv"))
    if isinstance(settings, dict):
        content |= {f"tool.uv.{key}": _plain(settings[key], portable) for key in _SOURCES & settings.keys()}
    if not project or _ASKED_OF_BACKEND.intersection(texts_in(project.get("dynamic"))):
        content["files"] = {str(path.relative_to(folder)): _file_digest(path) for path in deciding_files(folder)}
    return json.dumps(content, sort_keys=True)


def _file_digest(path: Path) -> str | None:
    return sha256_of(path) if is_file(path) else None
