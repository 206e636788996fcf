"""Checks of a request before uv runs: one finding for each problem, all at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement as Pep508

from interlock.core.files import exists
from interlock.core.markers import applies
from interlock.core.urls import check_fetchable, file_path
from interlock.engines.uv_settings import local_place
from interlock.resolve.uv.findings import (
    find_links_missing,
    index_missing,
    invalid_requirement,
    path_missing,
    two_sources,
    unknown_index,
    url_of_provided,
)
from interlock.resolve.uv.settings import all_indexes, pinned_index
from interlock.resolve.uv.targets import uv_platform
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.utils import NormalizedName

    from interlock_hooks.types import Finding, PyPIRequest, Requirement


def check_request(request: PyPIRequest) -> None:
    """Raise :class:`InterlockError` with all that is wrong with a request.

    IL301: not PEP 508; IL302: unknown index; IL303: index directory missing; IL304: find-links directory missing;
    IL305: path of a requirement missing; IL306: URL for what conda provides; IL307: unknown target; IL308: two sources
    of one package.
    """
    uv_platform(request.python)
    # The later checks read the requirements, so they only make sense when all of these can be read.
    findings = list(_syntax(request)) or [*_requirements(request), *_sources(request), *_places(request)]
    if findings:
        raise InterlockError(*findings)


def _syntax(request: PyPIRequest) -> Iterator[Finding]:
    for requirement in request.requirements:
        if problem := _problem(requirement.text):
            yield invalid_requirement(requirement.text, problem, where=requirement.where)
    texts = [("constraint", text) for text in request.constraints]
    texts += [("override", text) for text in request.overrides]
    texts += [("override", text) for each in request.scoped_overrides for text in each.requirements]
    texts += [(f"metadata of {entry.name}", text) for entry in request.metadata for text in entry.requires_dist]
    for kind, text in texts:
        if problem := _problem(text):
            yield invalid_requirement(text, problem, kind=kind)


def _requirements(request: PyPIRequest) -> Iterator[Finding]:
    provided = {entry.name: entry for entry in request.provided}
    for requirement in request.requirements:
        if requirement.index is not None and pinned_index(requirement, request) is None:
            yield unknown_index(requirement, [index.name or index.url for index in request.options.indexes])
        parsed = Pep508(requirement.text)
        if parsed.url is None:
            continue
        pinned = provided.get(requirement.name)
        if pinned is not None and applies(parsed, request.python):
            yield url_of_provided(requirement, pinned)
        elif missing := _missing_path(parsed.url):
            yield path_missing(requirement, missing)


def _sources(request: PyPIRequest) -> Iterator[Finding]:
    """Packages that several requirements take from different places: uv would silently use one of them."""
    places: dict[NormalizedName, dict[str, Requirement]] = {}
    for requirement in request.requirements:
        parsed, index = Pep508(requirement.text), pinned_index(requirement, request)
        place = parsed.url or (index.url if index else None)
        if place and applies(parsed, request.python):
            places.setdefault(requirement.name, {})[place] = requirement
    for found in places.values():
        if len(found) > 1:
            yield two_sources(list(found.values())[-1], list(found), request.python)


def _places(request: PyPIRequest) -> Iterator[Finding]:
    for index in all_indexes(request):
        if missing := _missing_path(local_place(index.url, request.root)):
            yield index_missing(index.url, missing)
    for place in request.options.find_links:
        if missing := _missing_path(local_place(place, request.root)):
            yield find_links_missing(place, missing)


def _problem(text: str) -> str | None:
    try:
        url = Pep508(text).url
        if url is not None:
            check_fetchable(url)
    except ValueError as error:
        return str(error).splitlines()[0]
    return None


def _missing_path(place: str) -> Path | None:
    path = Path(place) if place.startswith("/") else file_path(place)
    return path if path is not None and not exists(path) else None
