"""Direct references of a manifest (PEP 508, ``name @ URL``) as the absolute URLs that everything after it works with.

PEP 508 asks for a URL. In ``[project]`` people write more: paths as pip and uv read them, hatch's context fields
(``{root:uri}/lib``) and PDM's ``${PROJECT_ROOT}``. All of them start from the directory of the manifest.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import quote, unquote

from interlock.core.urls import check_fetchable, file_path, is_archive, scheme_of, split_url, without_dots
from interlock.manifest.urls import absolute, git_url, note_place

_FIELD = re.compile(r"\{(?P<name>root|home|env|args|/)(?P<modifiers>(?::[^{}]*)?)\}")
_PROJECT_ROOT = "${PROJECT_ROOT}"
_OTHER_REPOSITORIES = ("hg+", "svn+", "bzr+")
_HERE = ("", "localhost")


def absolute_reference(url: str, root: Path) -> str:
    """The URL that a direct reference in a manifest in the directory ``root`` means.

    Raises :class:`ValueError` with the reason when nothing can be fetched from it.
    """
    text = _filled(url, root)
    scheme = scheme_of(text)
    if text.startswith(_OTHER_REPOSITORIES):
        raise ValueError("of repositories, only those of git can be fetched")
    if text.startswith("git+"):
        found = _git(text.removeprefix("git+"), root)
    elif scheme == "file":
        found = _file(text, root)
    elif scheme:
        found = without_dots(scheme + text[len(scheme) :])  # uv reads it in lower case only
    else:
        path, _, fragment = text.partition("#")
        found = _local(absolute(path, root), fragment)
    check_fetchable(found)
    place = file_path(found.removeprefix("git+"))
    if place is not None and _names_root(url):
        note_place(place, root)
    return found


def _names_root(url: str) -> bool:
    return _PROJECT_ROOT in url or any(field["name"] == "root" for field in _FIELD.finditer(url))


def _filled(url: str, root: Path) -> str:
    quoted = scheme_of(url) is not None or url.startswith("git+")
    filled = _FIELD.sub(lambda field: _field(field, root, quoted=quoted), url)
    return filled.replace(f"/{_PROJECT_ROOT}", _PROJECT_ROOT).replace(_PROJECT_ROOT, _written(root, quoted=quoted))


def _field(field: re.Match[str], root: Path, *, quoted: bool) -> str:
    """What one of hatch's fields stands for; see "Context formatting" in hatch's documentation."""
    if field["name"] == "/":
        return os.sep
    if field["name"] not in ("root", "home"):
        raise ValueError(f"{field.group()} is not the same on every machine; write out what it stands for")
    path = root if field["name"] == "root" else Path.home()
    *modifiers, last = field["modifiers"].removeprefix(":").split(":")
    for modifier in (*modifiers, *([] if last == "uri" else [last])):
        if modifier == "parent":
            path = path.parent
        elif modifier == "real":
            path = path.resolve()
        elif modifier:
            raise ValueError(f"{field.group()} has no meaning; write for example {{root:uri}} or {{root:parent:uri}}")
    return path.as_uri() if last == "uri" else _written(path, quoted=quoted)


def _written(path: Path, *, quoted: bool) -> str:
    return quote(path.as_posix()) if quoted else path.as_posix()


def _file(text: str, root: Path) -> str:
    place = split_url(text)
    if place.netloc not in (*_HERE, ".", ".."):
        raise ValueError(f"it names the host {place.netloc!r}; a relative path is written without slashes: file:PATH")
    relative = "" if place.netloc in _HERE else place.netloc
    return _local(absolute(unquote(relative + place.path), root), place.fragment)


def _local(path: Path, fragment: str) -> str:
    """The URL of a file or a directory; a subdirectory of a directory is a directory as well, and uv knows no other."""
    parts = fragment.split("&")
    inside = next((part for part in parts if part.startswith("subdirectory=")), None)
    if inside is not None and not is_archive(path.name):
        parts.remove(inside)
        path = absolute(unquote(inside.partition("=")[2]), path)
    return path.as_uri() + _after("#", "&".join(parts))


def _git(address: str, root: Path) -> str:
    local = address.startswith("file:")
    rest, _, fragment = address.partition("#")
    if not local and ":" in rest:  # a URL, or as ssh writes it: git@host:path
        return git_url(rest, root) + _after("#", fragment)
    place, _, reference = rest.rpartition("@") if "@" in rest else (rest, "", "")
    path = _file(place, root) if local else absolute(place, root).as_uri()
    return f"git+{path}{_after('@', reference)}{_after('#', fragment)}"


def _after(mark: str, text: str) -> str:
    return mark + text if text else ""
