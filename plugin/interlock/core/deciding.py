"""Which files decide the metadata of a source tree, and which its build, as far as habit and the tree itself tell."""

from __future__ import annotations

import configparser
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from interlock.core.files import is_file
from interlock.core.globs import WILDCARDS, Pattern
from interlock.core.toml import read_tables, value_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ALWAYS = ("pyproject.toml", "setup.py", "setup.cfg")
# What a setup.py reads its requirements and its version from.
_READ_BY_SETUP = ("*.txt", "*.in", "requirements/*.txt", "requirements/*.in", "VERSION")
# Of what setuptools reads from files, neither changes what a package requires.
_DESCRIBING = frozenset({"readme", "long_description", "license_files"})
_FROM_FILE = "file:"


def deciding_files(folder: Path) -> list[Path]:
    """The files from which a build backend makes the metadata of a source tree, as far as habit and the tree tell.

    The first three are listed whether they exist or not, because a new one is a change as well.
    """
    found = {path for pattern in _READ_BY_SETUP for path in folder.glob(pattern)}
    found |= {
        folder / name for name in (*_named_by_pyproject(folder), *_named_by_setup_cfg(folder)) if _is_inside(name)
    }
    always = [folder / name for name in _ALWAYS]
    return [*always, *sorted(path for path in found.difference(always) if is_file(path))]


class CacheKeys(NamedTuple):
    """What the build of a source tree depends on, as its ``cache-keys`` say to uv: files, and its git history."""

    files: tuple[Path | Pattern, ...] = ()
    commit: bool = False
    tags: bool = False


def cache_keys(folder: Path) -> CacheKeys:
    """What ``[tool.uv] cache-keys`` of a source tree say; what uv would not understand is left out.

    Variables are no part of it: builds do not see those of the caller.
    """
    listed = value_at(read_tables(folder / "pyproject.toml"), ("tool", "uv", "cache-keys"))
    keys = [{"file": each} if isinstance(each, str) else each for each in listed] if isinstance(listed, list) else []
    tables = [each for each in keys if isinstance(each, dict)]
    git = [each["git"] for each in tables if "git" in each]
    return CacheKeys(
        files=tuple(file for table in tables for file in _files(folder, table)),
        commit=any(each is True or (isinstance(each, dict) and each.get("commit") is True) for each in git),
        tags=any(isinstance(each, dict) and each.get("tags") is True for each in git),
    )


def _files(folder: Path, key: Mapping[str, Any]) -> Iterator[Path | Pattern]:
    file, directory = key.get("file"), key.get("dir")
    if isinstance(file, str) and _is_path(file):
        yield Pattern(str(folder), file) if any(each in file for each in WILDCARDS) else folder / file
    if isinstance(directory, str) and _is_path(directory):
        yield Pattern(str(folder), f"{directory.rstrip('/')}/")


def _named_by_pyproject(folder: Path) -> Iterator[str]:
    """What setuptools and plugins of hatchling read requirements from."""
    tables = read_tables(folder / "pyproject.toml")
    yield from _texts(value_at(tables, ("tool", "setuptools", "dynamic")))
    yield from _texts(value_at(tables, ("tool", "hatch", "metadata", "hooks")))


def _named_by_setup_cfg(folder: Path) -> Iterator[str]:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string((folder / "setup.cfg").read_text(encoding="utf-8"))
    except (OSError, ValueError, configparser.Error):
        return
    for section in parser.sections():
        for key, value in parser.items(section):
            if value.strip().startswith(_FROM_FILE) and key.replace("-", "_") not in _DESCRIBING:
                yield from (name.strip() for name in value.strip().removeprefix(_FROM_FILE).split(","))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for key, each in value.items() if key not in _DESCRIBING for text in _texts(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in _texts(each))


def _is_path(text: str) -> bool:
    return bool(text) and "\0" not in text


def _is_inside(text: str) -> bool:
    path = PurePath(text)
    return _is_path(text) and not path.is_absolute() and ".." not in path.parts
