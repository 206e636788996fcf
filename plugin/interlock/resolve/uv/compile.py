"""One resolution: uv is asked once, and its answer becomes packages, edges and assumed metadata."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import tomli
from packaging.requirements import Requirement as Pep508

from interlock.core.activity import doing
from interlock.core.markers import applies
from interlock.core.scratch import temporary_directory
from interlock.core.urls import is_remote
from interlock.engines.uv import uv
from interlock.resolve.uv.checks import check_request
from interlock.resolve.uv.errors import resolution_error
from interlock.resolve.uv.inputs import OUTPUT, is_direct, variables_for, write_inputs
from interlock.resolve.uv.log import log_filter, selected
from interlock.resolve.uv.read_resolution import read_resolution
from interlock.resolve.uv.relaxed import relaxed
from interlock.resolve.uv.warnings import warnings
from interlock_hooks.types import InterlockError, Resolution

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from interlock.engines.process import Completed
    from interlock_hooks.types import PyPIRequest

# uv could read everything, but found no answer; 2 says that something could not be read.
_NO_RESULT = 1


def resolve(request: PyPIRequest) -> Resolution:
    """Resolve a request with uv, without building anything.

    Packages that have no static metadata are taken to require nothing; they are in ``Resolution.metadata`` with the
    origin ``assumed``. Raises :class:`~interlock_hooks.types.InterlockError` with IL3xx findings.
    """
    check_request(request)
    request = relaxed(request)
    if not request.requirements:
        return Resolution(python=request.python, provided=request.provided)
    if _has_listings(request) and _all_given(request):
        # Of what conda and direct references supply there is one version each, whatever an index has.
        with suppress(InterlockError):
            return _resolved(replace(request, options=replace(request.options, no_index=True, find_links=())))
    return _resolved(request)


def _has_listings(request: PyPIRequest) -> bool:
    """Whether there are pages on servers that uv reads before it knows whether it will use anything on them."""
    flat = [index.url for index in request.options.indexes if index.format == "flat"]
    return any(is_remote(place) for place in (*flat, *request.options.find_links))


def _all_given(request: PyPIRequest) -> bool:
    """Whether conda or a direct reference supplies all that the request itself names."""
    given = {entry.name for entry in request.provided}
    return not request.offered and all(
        requirement.name in given or is_direct(requirement) or not applies(Pep508(requirement.text), request.python)
        for requirement in request.requirements
    )


def _resolved(request: PyPIRequest) -> Resolution:
    with temporary_directory() as place:
        folder = place.resolve()
        done = _run(request, folder)
        resolution = _read(done, request, folder) if done.returncode == 0 else None
        if done.returncode == _NO_RESULT:
            resolution = _with_unknown_versions(request, folder / "again")
        if resolution is None:
            raise resolution_error(done, request, partial(_run, request, folder))
        # While metadata is assumed, it is not the last resolution, and warnings may be about what is not known yet.
        if all(entry.origin != "assumed" for entry in resolution.metadata):
            return replace(resolution, warnings=tuple(warnings(done, request, resolution)))
    return resolution


def _with_unknown_versions(request: PyPIRequest, folder: Path) -> Resolution | None:
    """Try again without holding any package to the version of a source tree that only its backend can tell.

    ``None`` when the failure had nothing to do with such versions.
    """
    overridden = {Pep508(text).name for text in request.overrides}
    known = {entry.name for entry in request.metadata if entry.version is not None}
    trees = [
        requirement
        for requirement in request.requirements
        if (url := Pep508(requirement.text).url) is not None
        and not url.endswith(".whl")
        and requirement.name not in overridden | known
    ]
    if not trees:
        return None
    folder.mkdir()
    done = _run(request, folder, [tree.text for tree in trees])
    if done.returncode:
        return None
    resolution = _read(done, request, folder)
    names = {tree.name for tree in trees}
    if not any(package.name in names and package.known_version is None for package in resolution.packages):
        return None
    # An override cannot say that a directory is editable.
    editable = {tree.name for tree in trees if tree.editable}
    packages = (
        replace(package, artifact=replace(package.artifact, editable=True)) if package.name in editable else package
        for package in resolution.packages
    )
    return replace(resolution, packages=tuple(packages))


def _run(request: PyPIRequest, folder: Path, overrides: Sequence[str] = ()) -> Completed:
    arguments = write_inputs(request, folder, overrides)
    variables = variables_for(request) | {"RUST_LOG": log_filter()}
    return uv(arguments, cwd=folder, variables=variables, on_error_line=_tell)


def _tell(line: str) -> None:
    if (package := selected(line)) is not None:
        doing(package)


def _read(done: Completed, request: PyPIRequest, folder: Path) -> Resolution:
    document: dict[str, Any] = tomli.loads((folder / OUTPUT).read_text(encoding="utf-8"))
    return read_resolution(document, done.stderr, request, folder)
