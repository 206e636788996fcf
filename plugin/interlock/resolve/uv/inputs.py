"""The files from which uv resolves: requirements, constraints, overrides, settings and earlier versions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import tomli_w
from packaging.requirements import Requirement as Pep508

from interlock.core.urls import file_path, split_url, without_git_login
from interlock.engines.logins import git_variables
from interlock.engines.pylock import versions_document
from interlock.resolve.uv.metadata_stub import stub_key, stub_python
from interlock.resolve.uv.metadata_stub_backend import NAME_SETTING, REQUEST, VERSION_SETTING
from interlock.resolve.uv.offers import write_offers
from interlock.resolve.uv.pins import direct_ranges, mark_constraint, own_constraints, pin_constraints
from interlock.resolve.uv.settings import named_indexes, pinned_index, uv_settings
from interlock.resolve.uv.targets import uv_platform, uv_variables
from interlock_hooks.types import Index, promised_version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from interlock_hooks.types import PyPIRequest, Requirement

OUTPUT = "pylock.toml"


def write_inputs(request: PyPIRequest, folder: Path, overrides: Sequence[str]) -> list[str | Path]:
    """Write the files for ``request`` into ``folder`` and return the arguments for uv; the result goes to ``OUTPUT``.

    ``overrides`` are added to those of the request.
    """
    request = _without_git_logins(_without_indexes(request, folder) if request.options.no_index else request)
    overrides = tuple(map(without_git_login, overrides))
    _write_toml(folder / "pyproject.toml", _project(request))
    _write_toml(folder / "uv.toml", write_offers(request, folder, uv_settings(request)) | _stub_settings(request))
    constraints = [*own_constraints(request), *pin_constraints(request), mark_constraint()]
    # Overrides leave versions open, and a constraint would not.
    constraints += [] if overrides else direct_ranges(request)
    _write_lines(folder / "constraints.txt", constraints)
    if request.preferred:
        # uv keeps the versions that an existing output file names, as far as the requirements allow.
        _write_toml(folder / OUTPUT, versions_document(request.preferred))
    arguments: list[str | Path] = ["--config-file", "uv.toml", "pip", "compile", "pyproject.toml"]
    arguments += ["--constraints", "constraints.txt"]
    if request.overrides or overrides:
        _write_lines(folder / "overrides.txt", [*request.overrides, *overrides])
        arguments += ["--overrides", "overrides.txt"]
    arguments += ["--format", "pylock.toml", "--output-file", OUTPUT, "--no-header"]
    arguments += ["--python", stub_python(free_threaded=request.python.free_threaded), "--no-build-isolation"]
    if any(index.exclude_newer for index in request.options.indexes):
        arguments += ["--preview-features", "index-exclude-newer"]
    arguments += ["--python-version", request.python.version, "--python-platform", uv_platform(request.python)]
    return arguments


def variables_for(request: PyPIRequest) -> dict[str, str]:
    """The variables for uv: the target, and for git who asks for repositories."""
    return uv_variables(request.python) | git_variables()


def _without_git_logins(request: PyPIRequest) -> PyPIRequest:
    """The request without what git is told in variables: uv passes addresses on to it as arguments."""
    return replace(
        request,
        requirements=tuple(replace(each, text=without_git_login(each.text)) for each in request.requirements),
        constraints=tuple(map(without_git_login, request.constraints)),
        overrides=tuple(map(without_git_login, request.overrides)),
        scoped_overrides=tuple(
            replace(each, requirements=tuple(map(without_git_login, each.requirements)))
            for each in request.scoped_overrides
        ),
    )


def _without_indexes(request: PyPIRequest, folder: Path) -> PyPIRequest:
    """The request with an empty folder in place of all indexes: uv's own option would hide what conda offers too."""
    empty = folder / "no-index"
    empty.mkdir()
    requirements = tuple(replace(requirement, index=None) for requirement in request.requirements)
    nothing = Index(url=empty.as_uri(), default=True)
    return replace(request, requirements=requirements, options=replace(request.options, indexes=(nothing,)))


def is_direct(requirement: Requirement) -> bool:
    """Whether a requirement names a URL, repository or path instead of versions."""
    return Pep508(requirement.text).url is not None


def _project(request: PyPIRequest) -> dict[str, Any]:
    dependencies: list[str] = []
    sources: dict[str, dict[str, Any]] = {}
    offered = {offer.name for offer in request.offered}
    for requirement in request.requirements:
        parsed = Pep508(requirement.text)
        path = file_path(parsed.url) if parsed.url and requirement.editable else None
        # An index that is named for a package would keep uv from what conda offers of it.
        index = None if requirement.name in offered else pinned_index(requirement, request)
        if path is not None:
            parsed.url = None
            sources[requirement.name] = {"path": str(path), "editable": True}
        elif index is not None:
            sources[requirement.name] = {"index": index.name}
        dependencies.append(str(parsed))
    # uv looks up the indexes that sources name in the file of the sources, not in its settings.
    used = {source["index"] for source in sources.values() if "index" in source}
    indexes = [entry for entry in named_indexes(request) if entry["name"] in used]
    tool: dict[str, Any] = {"sources": sources}
    if indexes:
        tool["index"] = indexes
    project = {"name": REQUEST, "version": "0", "dependencies": dependencies}
    return {"project": project, "tool": {"uv": tool}}


def _stub_settings(request: PyPIRequest) -> dict[str, Any]:
    # Settings are part of the key under which uv caches metadata: its cache never mixes what was assumed with what a
    # backend said.
    direct = [requirement for requirement in request.requirements if is_direct(requirement)]
    return {
        "config-settings": {"interlock-metadata-stub": stub_key()},
        "config-settings-package": {each.name: _identity(each) for each in sorted(direct, key=lambda each: each.name)},
    }


def _identity(requirement: Requirement) -> dict[str, str]:
    """What the metadata stub must answer for a direct requirement; uv holds it to the version of a file name."""
    identity: dict[str, str] = {NAME_SETTING: requirement.name}
    path = unquote(split_url(Pep508(requirement.text).url or "").path)
    version = promised_version(requirement.name, path.rpartition("/")[2])
    return identity | ({VERSION_SETTING: version} if version else {})


def _write_toml(path: Path, document: dict[str, Any]) -> None:
    path.write_text(tomli_w.dumps(document), encoding="utf-8")


def _write_lines(path: Path, lines: Sequence[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
