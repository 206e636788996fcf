"""One requirement as pip reads it: what PEP 508 allows, and paths and URLs without a name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

from interlock.core.files import exists, is_directory
from interlock.core.pep508 import NAME
from interlock.core.urls import file_path, is_archive, redacted, scheme_of, split_url
from interlock.manifest import codes
from interlock.manifest.local_project import project_name
from interlock.manifest.requirements import Source, read_reference, read_requirement
from interlock.manifest.urls import absolute

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.manifest.table import Table
    from interlock_hooks.types.requirements import Requirement

_NAMED = re.compile(rf"{NAME}\s*(?:\[[^\]]*\])?\s*@")
_WITH_MARKER = re.compile(r"\s+;\s*|;\s+")
_WITH_EXTRAS = re.compile(r"(?P<place>[^\[]+)\[(?P<extras>[^\]]*)\]\Z")
_EDITABLE = re.compile(r"\s*(?:-e|--editable)(?:\s+|=)")
_STARTS_WITH_NAME = re.compile(rf"\s*(?P<name>{NAME})")
_COMMENT = re.compile(r"(?:^|\s+)#.*\Z", re.DOTALL)
_OPTION = re.compile(r"(?:^|\s)(?=--?[A-Za-z])")
_EGG = re.compile(rf"(?P<name>{NAME})\s*(?:\[(?P<extras>[^\]]*)\])?\Z")


@dataclass(frozen=True, slots=True)
class PipLine:
    """The parts of a line of pip's: a requirement, options, and a comment with the blanks before it; each may be empty.

    Together they are the line.
    """

    requirement: str
    options: str
    comment: str

    @classmethod
    def of(cls, line: str) -> PipLine:
        """Take a line apart."""
        comment = _COMMENT.search(line)
        text, rest = (line[: comment.start()], comment[0]) if comment else (line, "")
        options = _OPTION.search(text)
        return cls(text[: options.start()], text[options.start() :], rest) if options else cls(text, "", rest)


def read_pip_requirement(table: Table, text: str, *keys: str | int) -> Requirement | None:
    """A requirement at a key of a table; reports IL109 if pip could not read it or its name is not known."""
    if not _NAMED.match(text) and (_is_url(text) or _is_path(text)):
        return _unnamed(table, text, *keys)
    parsed = read_requirement(table, text, *keys)
    return Source().applied(parsed, table.where(*keys)) if parsed else None


def read_editable(table: Table, text: str, *keys: str | int) -> Requirement | None:
    """What follows ``-e``: a directory, or a repository, which is installed as any other."""
    if _is_url(text) and scheme_of(text) != "file":
        table.warning(
            codes.UNSUPPORTED,
            f"'-e' has no effect on {redacted(text)!r}",
            *keys,
            why="only a directory of this machine can be installed for editing",
            fix="remove '-e', or clone the repository and name its directory",
        )
        return read_pip_requirement(table, text, *keys)
    return _unnamed(table, text, *keys, editable=True)


def _is_url(text: str) -> bool:
    return scheme_of(text) is not None or text.startswith(("git+", "hg+", "svn+", "bzr+"))


def _is_path(text: str) -> bool:
    place = text.partition("[")[0].partition(";")[0].strip()
    return place.startswith((".", "/", "~")) or "/" in place or is_archive(place)


def is_only_path(text: str) -> bool:
    """Whether a line asks for what is at a path, without naming it; options of pip do not."""
    return not text.lstrip().startswith("-") and not _NAMED.match(text) and not _is_url(text) and _is_path(text)


def name_of_line(text: str, root: Path) -> str | None:
    """The name of the package that a line asks for; ``None`` if it says only options, or the name is not known."""
    line = PipLine.of(text)
    asked = line.requirement.strip()
    if not asked:
        editable = _EDITABLE.match(line.options)
        return _Unnamed.read(line.options[editable.end() :], root).name if editable else None
    if _NAMED.match(asked) or not (_is_url(asked) or _is_path(asked)):
        found = _STARTS_WITH_NAME.match(asked)
        return found["name"] if found else None
    return _Unnamed.read(asked, root).name


def _unnamed(table: Table, text: str, *keys: str | int, editable: bool = False) -> Requirement | None:
    found = _Unnamed.read(text, table.root)
    place, path = found.place, found.path
    if found.name is None:
        if path is not None and not exists(path):
            table.error(codes.MISSING_PATH, f"{place!r} does not exist", *keys, fix="correct the path")
        else:
            _no_name(table, text, *keys)
        return None
    parsed = read_requirement(table, f"{found.name}[{found.extras}]{found.marker}", *keys)
    if parsed is None:
        return None
    source = (
        _local(table, path, place, *keys, editable=editable) if path else _remote(table, place, found.fragment, *keys)
    )
    return source.applied(parsed, table.where(*keys)) if source else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unnamed:
    """The parts of a path or a URL without a name before it; ``path`` is ``None`` for a URL, ``marker`` has its `;`."""

    place: str
    path: Path | None
    name: str | None
    extras: str
    fragment: str
    marker: str

    @classmethod
    def read(cls, text: str, root: Path) -> _Unnamed:
        place, *markers = _WITH_MARKER.split(text, maxsplit=1)
        place, _, fragment = place.strip().partition("#")
        extras = _WITH_EXTRAS.match(place)
        place = extras["place"] if extras else place
        parts = dict(part.partition("=")[::2] for part in fragment.split("&") if part)
        egg = _EGG.match(unquote(parts.pop("egg", "")))
        path = file_path(place) if scheme_of(place) == "file" else None if _is_url(place) else absolute(place, root)
        if path is not None:
            path = absolute(path, root)
            path = path / parts["subdirectory"] if parts.get("subdirectory") else path
        return cls(
            place=place,
            path=path,
            name=(egg["name"] if egg else None) or (_name_at(path) if path else _name_in(place)),
            extras=",".join(match["extras"] for match in (extras, egg) if match and match["extras"]),
            fragment="&".join(f"{key}={value}" for key, value in parts.items()),
            marker=f" ; {markers[0]}" if markers else "",
        )


def _local(table: Table, path: Path, place: str, *keys: str | int, editable: bool) -> Source | None:
    if not exists(path):
        refusal = table.missing_path(place, path, *keys, near=str(table.root))
        return Source(url=path.as_uri(), editable=editable, refusal=refusal)
    if editable and not is_directory(path):
        table.error(codes.WRONG_VALUE, "only a directory can be editable", *keys, fix="remove '-e'")
        return None
    return Source(url=path.as_uri(), editable=editable)


def _remote(table: Table, place: str, fragment: str, *keys: str | int) -> Source | None:
    url = read_reference(table, f"{place}#{fragment}" if fragment else place, *keys)
    return Source(url=url) if url else None


def _no_name(table: Table, text: str, *keys: str | int) -> None:
    why = "the package has no name that can be read without building it"
    fix = f"add its name: {redacted(text).partition('#')[0]}#egg=NAME"
    table.error(codes.BAD_REQUIREMENT, f"the name of {redacted(text)!r} is not known", *keys, why=why, fix=fix)


def _name_at(path: Path) -> str | None:
    """The name of what is at a path; a directory that is not there is called as itself, so that it can be refused."""
    if is_archive(path.name):
        return _name_of_file(path.name)
    if is_directory(path):
        return project_name(path)
    return path.name if re.fullmatch(NAME, path.name) else None


def _name_in(url: str) -> str | None:
    """The name that a URL suggests: that of its file, or that of its repository."""
    path = unquote(split_url(url.removeprefix("git+")).path)
    segments = [each for each in path.partition("@")[0].split("/") if each]
    if not segments:
        return None
    if (name := _name_of_file(segments[-1])) is not None:
        return name
    # GitHub's archives of a branch or tag: /owner/name/archive/main.zip.
    last = segments[segments.index("archive") - 1] if "archive" in segments[1:] else segments[-1]
    name = last.removesuffix(".git")
    return canonicalize_name(name) if re.fullmatch(NAME, name) else None


def _name_of_file(filename: str) -> str | None:
    try:
        if filename.endswith(".whl"):
            return parse_wheel_filename(filename)[0]
        return parse_sdist_filename(filename)[0]
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None
