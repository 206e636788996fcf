"""Why uv could use no version of a package, in words of our own: what it says does not name the line to change.

The forms of uv's sentences are not an API: tests hold them against the range of uv versions that Interlock depends on.
What is not understood stays in uv's words.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    NormalizedName,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

from interlock.core.urls import without_password
from interlock.engines.network_reasons import answered
from interlock.resolve.uv.asked import PYPI, asked_indexes, label, serving_index

if TYPE_CHECKING:
    from interlock_hooks.types import Index, Location, PyPIRequest

_NAME = r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)"
# Versions of which uv says something that is then true of all that there are, or of all that were asked for.
_VERSIONS = rf"(?<![\w.-]){_NAME}(?P<range>[=<>!~]\S*)"
_ALL = r"and (?:only (?P=name)(?P=range) is available|you require (?P=name)(?P=range)(?=,|\s|$))"
_DENIED = re.compile(r"hint: An index (?:URL )?\((?P<url>[^\s)]+)\).*?\b(?P<status>401|403)\b")
_UNDATED = re.compile(r"(?:warning: )?`(?P<file>[^`]+)` is missing an upload date, but user provided: .*")


@dataclass(frozen=True, slots=True)
class Lack:
    """Why no version of a package can be used, and what may help, apart from changing who requires it."""

    name: NormalizedName
    why: str
    fix: str = ""


def read_lacks(text: Sequence[str], log: str, request: PyPIRequest) -> tuple[Lack, ...]:
    """What the explanation ``text`` of uv says of packages of which it could use nothing; ``log`` is all it printed."""
    whole = re.sub(r"\s+", " ", " ".join(text))
    found: dict[NormalizedName, Lack] = {}
    for pattern, words in _FORMS.items():
        for match in re.finditer(pattern, whole):
            name = canonicalize_name(match["name"])
            if name not in found and (lack := words(name, match, _Context(request, whole, log))):
                found[name] = lack
    return tuple(found.values())


def undated_files(log: str) -> dict[NormalizedName, list[str]]:
    """The files that uv left out since their index does not say when they were uploaded, by package."""
    found: dict[NormalizedName, list[str]] = defaultdict(list)
    for match in filter(None, map(_UNDATED.fullmatch, log.splitlines())):
        if name := _project(match["file"]):
            found[name].append(match["file"])
    return found


def is_about_upload_time(line: str) -> bool:
    """Whether a line of uv's warns of a file without an upload time."""
    return _UNDATED.fullmatch(line) is not None


def undated(name: NormalizedName, request: PyPIRequest) -> tuple[str, str]:
    """That an index tells no upload times of a package, and how to exempt the index or the package."""
    index = serving_index(name, asked_indexes(name, request).indexes)
    why = (
        f"{label(index)} does not say when {name} was uploaded, and `exclude-newer` leaves out what has no upload time"
    )
    return why, f"exempt the package: {_exemption(name, request)}; or the index: `exclude-newer = false`"


@dataclass(frozen=True, slots=True)
class _Context:
    request: PyPIRequest
    explanation: str
    log: str


_Words = Callable[[NormalizedName, "re.Match[str]", _Context], "Lack | None"]


def _filtered(name: NormalizedName, _: re.Match[str], context: _Context) -> Lack:
    request = context.request
    if name in undated_files(context.log):
        return Lack(name, *undated(name, request))
    index = next((each.exclude_newer for each in asked_indexes(name, request).indexes if each.exclude_newer), None)
    limit = dict(request.options.exclude_newer_package).get(name) or index or request.options.exclude_newer
    after = f"after {limit}" if limit else "too late"
    why = f"all versions of {name} that fit were uploaded {after} (`exclude-newer`)"
    return Lack(name, why, f"exempt the package: {_exemption(name, request)}")


def _filtered_by_index(name: NormalizedName, match: re.Match[str], context: _Context) -> Lack | None:
    """Of the limit of an index uv says nothing."""
    limited = any(index.exclude_newer for index in asked_indexes(name, context.request).indexes)
    return _filtered(name, match, context) if limited else None


def _exemption(name: NormalizedName, request: PyPIRequest) -> str:
    where = request.options.exclude_newer_where
    key = (where.key if where else None) or ""
    if key.startswith("tool.uv."):
        return f"`exclude-newer-package = {{ {name} = false }}` in `[tool.uv]`"
    return f'`{name} = "0d"` in `[{"tool.pixi." if key.startswith("tool.") else ""}pypi-exclude-newer]`'


def _no_build(name: NormalizedName, _: re.Match[str], context: _Context) -> Lack:
    fix = _less("no-build", name, everything=context.request.options.no_build.everything)
    return Lack(name, f"no wheel of {name} fits, and `no-build` forbids building it from source", fix)


def _no_binary(name: NormalizedName, _: re.Match[str], context: _Context) -> Lack:
    fix = _less("no-binary", name, everything=context.request.options.no_binary.everything)
    return Lack(name, f"{name} has no source distribution, and `no-binary` forbids its wheels", fix)


def _less(key: str, name: NormalizedName, *, everything: bool) -> str:
    return f"list in `{key}` only the packages that it is meant for" if everything else f"take {name} out of `{key}`"


def _not_found(name: NormalizedName, _: re.Match[str], context: _Context) -> Lack:
    if name == "python":
        own = any(each.name == name for each in context.request.requirements)
        fix = "list it under `[dependencies]`, where conda's packages are" if own else ""
        return Lack(name, "python is not a PyPI package: the interpreter comes from conda", fix)
    if context.request.options.no_index:
        fix = "add the folder or page that has it to `find-links`, or remove `no-index`"
        return Lack(name, f"no index is asked (`no-index`), and `find-links` has no {name}", fix)
    asked = asked_indexes(name, context.request)
    if (denied := _DENIED.search(context.explanation)) is not None:
        why = f"{without_password(denied['url'])} does not show {name}: {answered(int(denied['status']))}"
        absent = f"where that only means that it does not have {name}, add `ignore-error-codes = [{denied['status']}]`"
        fix = f"check the address of the index, and the credentials for its server; {absent} to its [[tool.uv.index]]"
        return Lack(name, why, fix)
    if asked.named:
        return Lack(name, f"the index that is named for {name}, {asked}, does not have it", "name another index")
    fix = "correct the name" if PYPI in asked.indexes else "correct the name, or add an index that has the package"
    return Lack(name, f"{_nowhere(name, asked.indexes)}{_replacing(asked.indexes)}", fix)


def _nowhere(name: NormalizedName, indexes: Sequence[Index]) -> str:
    listed = ", ".join(map(label, indexes))
    return f"{listed} has no package {name}" if len(indexes) == 1 else f"none of the indexes has {name}: {listed}"


def _replacing(indexes: Sequence[Index]) -> str:
    """Which line of the manifest keeps PyPI from being asked."""
    default = next((index for index in indexes if index.default and index is not PYPI), None)
    if default is None:
        return ""
    subject = "it" if len(indexes) == 1 else label(default)
    return f"; {subject} replaces PyPI{_at(default.where)}"


def _at(where: Location | None) -> str:
    return f" ({where.file}:{where.line})" if where else ""


def _no_wheel(name: NormalizedName, _: re.Match[str], context: _Context) -> Lack:
    python = context.request.python
    tags = _wheels_for(name, context.explanation)
    has = f"; there are wheels for {tags}" if tags else ""
    return Lack(name, f"{name} has neither a wheel for {python} on {python.platform} nor a source distribution{has}")


def _wheels_for(name: NormalizedName, explanation: str) -> str:
    """For which tags uv found wheels of a package."""
    hint = re.search(rf"[Ww]heels (?:are available )?for `{re.escape(name)}` [^:]*: ((?:`\S+`(?:, )?)+)", explanation)
    return hint[1].replace("`", "") if hint else ""


def _other_python(name: NormalizedName, match: re.Match[str], context: _Context) -> Lack:
    return Lack(name, f"{name} requires Python {match['python']}, but the interpreter is {context.request.python}")


def _pre_release(name: NormalizedName, _: re.Match[str], __: _Context) -> Lack:
    why = f"only pre-releases of {name} fit, and pre-releases are not enabled for it"
    return Lack(name, why, f'name one in the requirement (`{name}>=1.0a1`), or set `prerelease = "allow"`')


def _yanked(name: NormalizedName, match: re.Match[str], _: _Context) -> Lack:
    version, reason = match["range"].removeprefix("=="), match["reason"]
    why = f"{name} {version} was yanked{f': {reason}' if reason else ''}, and no other version fits"
    return Lack(name, why, f"require another version, or name exactly this one: `{name}=={version}`")


def _later_index(name: NormalizedName, match: re.Match[str], _: _Context) -> Lack:
    why = f"{name} is taken from the first index that has it, {match['index']}, which does not have this version"
    return Lack(name, why, 'name the index in the requirement, or set `index-strategy = "unsafe-best-match"`')


def _project(file: str) -> NormalizedName | None:
    try:
        return parse_wheel_filename(file)[0] if file.endswith(".whl") else parse_sdist_filename(file)[0]
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None


# What uv says, in the order in which it counts.
_FORMS: Mapping[str, _Words] = {
    rf"`{_NAME}` was filtered by(?: the index-specific)? `exclude-newer(?:-package)?`": _filtered,
    rf"there are no versions of {_NAME} and": _filtered_by_index,
    rf"Wheels are required for `{_NAME}` because building from source is disabled": _no_build,
    rf"A source distribution is required for `{_NAME}` because using pre-built wheels is disabled": _no_binary,
    rf"`{_NAME}` was found on (?P<index>\S+), but not at the requested version": _later_index,
    rf"Pre-releases are available for `{_NAME}`": _pre_release,
    rf"(?<![\w.-]){_NAME} was not found in the package registry": _not_found,
    rf"{_VERSIONS} has no wheels with a matching [^(]*\([^)]*\) {_ALL}": _no_wheel,
    rf"{_VERSIONS} requires Python (?P<python>\S+) {_ALL}": _other_python,
    rf"{_VERSIONS} was yanked \(reason: (?P<reason>.*?)\) and (?:only (?P=name)\S+ is available"
    rf"|(?:all versions of \S+ depend on|you require) (?P=name)(?P=range)(?=,|\s|$))": _yanked,
}
