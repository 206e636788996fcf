"""The consequences of the project's PyPI requirements for the conda solve, before anything is resolved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Pep508
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from interlock.core.markers import holds
from interlock.core.shapes import texts_in
from interlock.core.tags import interpreter_tags
from interlock.core.toml import read_tables
from interlock.core.urls import file_path, split_url
from interlock_hooks.types import PythonTarget, Requirement

if TYPE_CHECKING:
    from packaging.markers import Marker

    from interlock.core.markers import Variables
    from interlock_hooks.types import EnvironmentRequest

_OF_INTERPRETER = ("python_version", "python_full_version", "implementation_name", "implementation_version", "extra")


def direct_requirements(request: EnvironmentRequest, machine: Variables) -> Iterator[tuple[Requirement, Pep508]]:
    """What the project itself says of PyPI packages on the target, whatever interpreter is solved.

    These are its requirements, those of local directories among them as far as their ``pyproject.toml`` tells
    (PEP 621), and its constraints; where it overrides a package, only the override counts. ``machine`` are the
    environment markers that are known without an interpreter. What depends on others is left out, and so is what cannot
    be read.
    """
    own = [(text, each) for each in request.requirements for text in (each.text, *_of_directory(each))]
    limits = [(text, None) for text in request.constraints]
    overrides = [(parsed, text) for text in request.overrides if (parsed := _parsed(text))]
    overridden = {parsed.name for parsed, _ in overrides}
    for text, asked in (*own, *limits):
        parsed = _parsed(text)
        if parsed and parsed.name not in overridden and _holds(parsed.marker, machine):
            yield _requirement(parsed, text, asked), parsed
    for parsed, text in overrides:
        if _holds(parsed.marker, machine):
            yield _requirement(parsed, text, None), parsed


def is_wheel(requirement: Pep508) -> bool:
    """Whether a requirement names a wheel by its URL."""
    return split_url(requirement.url or "").path.endswith(".whl")


def unfit_pythons(requirement: Pep508, versions: Iterable[str], platform: str) -> frozenset[str]:
    """The versions of CPython of which no build can use the wheel that a requirement names by its URL (PEP 425)."""
    filename = unquote(split_url(requirement.url or "").path).rpartition("/")[2]
    try:
        tags = {(tag.interpreter, tag.abi) for tag in parse_wheel_filename(filename)[3]}
    except InvalidWheelFilename:
        return frozenset()
    builds = {
        version: [PythonTarget(version=version, platform=platform, free_threaded=free) for free in (False, True)]
        for version in versions
        if "." in version
    }
    return frozenset(
        version for version, found in builds.items() if all(tags.isdisjoint(interpreter_tags(each)) for each in found)
    )


def _parsed(text: str) -> Pep508 | None:
    try:
        parsed = Pep508(text)
    except InvalidRequirement:
        return None
    parsed.name = canonicalize_name(parsed.name)
    return parsed


def _requirement(parsed: Pep508, text: str, asked: Requirement | None) -> Requirement:
    if asked is not None and asked.text == text:
        return asked
    return Requirement(name=canonicalize_name(parsed.name), text=text, where=asked.where if asked else None)


def _of_directory(requirement: Requirement) -> Iterator[str]:
    parsed = _parsed(requirement.text)
    folder = file_path(parsed.url or "") if parsed else None
    if parsed is None or folder is None:
        return
    project = read_tables(folder / "pyproject.toml").get("project", {})
    dynamic = texts_in(project.get("dynamic"))
    if "dependencies" not in dynamic:
        yield from texts_in(project.get("dependencies"))
    optional = project.get("optional-dependencies")
    if "optional-dependencies" not in dynamic and isinstance(optional, dict):
        for extra in sorted(parsed.extras):
            yield from texts_in(optional.get(extra))


def _holds(marker: Marker | None, machine: Variables) -> bool:
    # A marker that also speaks of the interpreter holds for some and not for others.
    return not any(name in str(marker or "") for name in _OF_INTERPRETER) and holds(marker, machine)
