"""What is wrong with a request can be seen before uv is asked: one finding for each problem, all at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Pep508

from interlock.core.markers import applies
from interlock.core.urls import file_path
from interlock.resolve.uv.settings import all_indexes, local_place, pinned_index
from interlock.resolve.uv.targets import uv_platform
from interlock_hooks.types import Finding, InterlockError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from interlock_hooks.types import PyPIRequest, Requirement


def check_request(request: PyPIRequest) -> None:
    """Raise :class:`InterlockError` with all that is wrong with a request.

    IL301: not PEP 508; IL302: unknown index; IL303: index directory missing; IL304: find-links directory missing;
    IL305: path of a requirement missing; IL306: URL for what conda provides; IL307: unknown target.
    """
    uv_platform(request.python)
    # The later checks read the requirements, so they only make sense when all of these can be read.
    findings = list(_syntax(request)) or [*_requirements(request), *_places(request)]
    if findings:
        raise InterlockError(*findings)


def _syntax(request: PyPIRequest) -> Iterator[Finding]:
    for requirement in request.requirements:
        if problem := _problem(requirement.text):
            yield Finding(
                code="IL301",
                what=f"{requirement.text!r} is not a requirement",
                why=problem,
                where=requirement.where,
                fix="write it as PEP 508 says, for example `numpy >=2,<3`",
            )
    texts = [("constraint", text) for text in request.constraints]
    texts += [("override", text) for text in request.overrides]
    texts += [(f"metadata of {entry.name}", text) for entry in request.metadata for text in entry.requires_dist]
    for kind, text in texts:
        if problem := _problem(text):
            yield Finding(
                code="IL301",
                what=f"{text!r} ({kind}) is not a requirement",
                why=problem,
                fix="write it as PEP 508 says, for example `numpy >=2,<3`",
            )


def _requirements(request: PyPIRequest) -> Iterator[Finding]:
    provided = {entry.name: entry for entry in request.provided}
    for requirement in request.requirements:
        if requirement.index is not None and pinned_index(requirement, request) is None:
            names = ", ".join(index.name or index.url for index in request.options.indexes) or "none"
            yield Finding(
                code="IL302",
                what=f"{requirement.name} is to come from the index {requirement.index!r}, which is not declared",
                why=f"declared indexes: {names}",
                where=requirement.where,
                fix="declare an index with this name, or give its URL",
            )
        parsed = Pep508(requirement.text)
        if parsed.url is None:
            continue
        pinned = provided.get(requirement.name)
        if pinned is not None and applies(parsed, request.python):
            yield Finding(
                code="IL306",
                what=f"{requirement.name} is asked for by URL, but conda provides it",
                why=f"the conda package {pinned.record} supplies {pinned.name} {pinned.version}; it is never replaced",
                where=requirement.where,
                fix=f"remove {requirement.name} from the PyPI dependencies, or the conda package that provides it",
            )
        elif missing := _missing_path(parsed.url):
            yield _missing_requirement(requirement, missing)


def _places(request: PyPIRequest) -> Iterator[Finding]:
    for index in all_indexes(request):
        if missing := _missing_path(local_place(index.url, request.root)):
            yield Finding(
                code="IL303",
                what=f"the package index {index.url} does not exist",
                why=f"there is nothing at {missing}",
                fix="correct the address of the index",
            )
    for place in request.options.find_links:
        if missing := _missing_path(local_place(place, request.root)):
            yield Finding(
                code="IL304",
                what=f"the find-links location {place} does not exist",
                why=f"there is nothing at {missing}",
                fix="correct the path; it is relative to the manifest",
            )


def _missing_requirement(requirement: Requirement, missing: Path) -> Finding:
    return Finding(
        code="IL305",
        what=f"{requirement.name} cannot be found",
        why=f"there is nothing at {missing}",
        where=requirement.where,
        fix="correct the path",
    )


def _problem(text: str) -> str | None:
    try:
        Pep508(text)
    except InvalidRequirement as error:
        return str(error).splitlines()[0]
    return None


def _missing_path(place: str) -> Path | None:
    path = Path(place) if place.startswith("/") else file_path(place)
    return path if path is not None and not path.exists() else None
