"""What uv warns of, as findings: in words of our own for what is understood, else in uv's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.requirements import Requirement as Pep508
from packaging.utils import NormalizedName, canonicalize_name

from interlock.core.pep508 import required_name
from interlock.resolve.stated import stated_metadata
from interlock.resolve.uv.findings import (
    extra_left_out,
    extra_not_here,
    newer_not_cached,
    no_such_extra,
    warning_of_uv,
    without_upload_time,
    yanked,
)
from interlock.resolve.uv.lacks import is_about_upload_time, undated, undated_files
from interlock.resolve.uv.log import messages
from interlock.resolve.uv.pins import is_from_conda, known_metadata, pin_version
from interlock.resolve.uv.uncached import unseen_alternatives

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from interlock.engines.process import Completed
    from interlock_hooks.types import Finding, ProvidedDistribution, PyPIRequest, Resolution

_WARNING = "warning: "
# uv says so whenever it resolves for another interpreter than the one it was started with, which is always.
_ABOUT_INTERPRETER = "The requested Python version"
_NO_EXTRA = re.compile(r"The package `(?P<name>[\w.-]+).*` does not have an extra named `(?P<extra>[^`]+)`")
_YANKED = re.compile(r"`(?P<name>[\w.-]+)==[^`]+` is yanked(?: \(reason: \"(?P<reason>.*)\"\))?", re.DOTALL)


def warnings(done: Completed, request: PyPIRequest, resolution: Resolution) -> Iterator[Finding]:
    """A finding for each warning of a run of uv that led to a resolution; one for all files of a package."""
    if unseen := unseen_alternatives(done, request, resolution):
        yield newer_not_cached(unseen)
    for name, files in undated_files(done.stderr).items():
        yield without_upload_time(name, files, *undated(name, request))
    for line in messages(done.stderr):
        text = line.removeprefix(_WARNING)
        if text == line or text.startswith(_ABOUT_INTERPRETER) or is_about_upload_time(line):
            continue
        if match := _NO_EXTRA.fullmatch(text):
            yield from _no_extra(canonicalize_name(match["name"]), match["extra"], request, resolution)
        elif match := _YANKED.fullmatch(text):
            yield _yanked(canonicalize_name(match["name"]), match["reason"] or "", request, resolution)
        else:
            yield warning_of_uv(text)


def _no_extra(name: NormalizedName, extra: str, request: PyPIRequest, resolution: Resolution) -> Iterator[Finding]:
    entry = next((each for each in request.provided if each.name == name), None)
    if entry is not None and known_metadata(request, name, pin_version(entry.version)) is None:
        # Of what conda supplies the extras are looked up now, because they turned out to count.
        if not is_from_conda(entry):
            yield extra_left_out(entry, extra, request.environment)
        return
    package = resolution.get(name)
    own = [each for each in request.requirements if _asks(each.text, name, extra)]
    edges = ((each, text) for each in resolution.packages for text in each.requires)
    by = [f"{each} requires {text}" for each, text in edges if _asks(text, name, extra)]
    where = next((each.where for each in own if each.where), None)
    said = stated_metadata(package, request, resolution) if package else None
    if said is not None and said.origin == "backend":
        known = canonicalize_name(extra) in said.other_extras
        beside = _labels(said.imports, resolution)
        yield extra_not_here(str(package), extra, by, beside=beside, known=known, where=where)
    else:
        yield no_such_extra(str(package or _label(entry) or name), extra, by, where=where)


def _yanked(name: NormalizedName, reason: str, request: PyPIRequest, resolution: Resolution) -> Finding:
    where = next((each.where for each in request.requirements if each.name == name and each.where), None)
    edges = ((each, text) for each in resolution.packages for text in each.requires)
    by = [f"{each} requires {text}" for each, text in edges if required_name(text) == name]
    return yanked(str(resolution.get(name) or name), reason, by, where=where)


def _labels(names: Iterable[NormalizedName], resolution: Resolution) -> list[str]:
    """The packages of the environment among those that a backend used."""
    versions = {each.name: each.version for each in resolution.provided}
    versions |= {each.name: each.version for each in resolution.packages}
    return [f"{name} {versions[name]}" for name in names if name in versions]


def _label(entry: ProvidedDistribution | None) -> str:
    return f"{entry.name} {entry.version} (from the conda package {entry.record})" if entry else ""


def _asks(text: str, name: NormalizedName, extra: str) -> bool:
    requirement = Pep508(text)
    asked = {canonicalize_name(each) for each in requirement.extras}
    return canonicalize_name(requirement.name) == name and canonicalize_name(extra) in asked
