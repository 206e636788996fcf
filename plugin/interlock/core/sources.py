"""Which files of a local source tree count: for its copy, its digests, and the metadata that a backend makes of it.

The no-op path reads trees through this module: the standard library is all that it imports, and little of it.

Three kinds of things lie in a source tree. *Source* is copied for a build, and a change of it makes a new build. What
tools *made* there, such as environments, caches and build trees, is neither copied nor looked at. In between is what a
build may read but what does not decide its result: the history of a version control system, the settings of editors,
results of earlier builds that have a common name. It is copied, and changes in it are ignored.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from interlock.core.names import DEFAULT_FOLDER, LOCK_NAME, PIXI_FOLDER

_CHUNK = 1 << 20
# Known by name, wherever they are.
_MADE = frozenset(
    {DEFAULT_FOLDER, PIXI_FOLDER, "__pycache__", ".tox", ".nox", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
)
_HISTORY = frozenset({".git", ".hg", ".svn", ".bzr", ".jj"})
_COPIED = _HISTORY | {".idea", ".vscode", ".vs", ".ipynb_checkpoints", ".eggs", "node_modules"}
# Results where a project begins; deeper down, or as a package, these are ordinary names.
_RESULTS = frozenset({"build", "dist"})
_PROJECT = frozenset({"pyproject.toml", "setup.py", "setup.cfg"})
# What the `build` folder of setuptools consists of after a wheel was built.
_SETUPTOOLS = ("lib", "lib.", "temp.", "bdist.", "scripts-", "__editable__.")
_CACHE_TAG = b"Signature: 8a477f597d28d172789f06886806bc55"  # https://bford.info/cachedir/


class SourceFile(NamedTuple):
    """A file that counts: its name below the tree, with slashes, and where it is.

    ``link`` is what a symbolic link says, if that counts and not what it leads to: content within the tree counts in
    its own place, and what an absolute link leads to belongs to the machine.
    """

    name: str
    path: str
    link: str | None = None


def source_files(tree: str) -> Iterator[SourceFile]:
    """The files of a source tree that count, in a fixed order; unreadable and special files are left out.

    A link to a file counts as that file. A relative link to a directory beside the tree, but in the same repository,
    counts as that directory: such links share source between projects.
    """
    return _Walk(tree).files(tree, "")


def left_out(folder: str, names: Iterable[str]) -> set[str]:
    """Those of the ``names`` in ``folder`` that are not copied for a build: what tools made, sockets and pipes."""
    return {name for name in names if _is_left_out(os.path.join(folder, name), name)}


def tree_digest(tree: str) -> str:
    """SHA-256 over names, contents and executable bits of the files of a source tree that count."""
    digest = hashlib.sha256()
    for file in source_files(tree):
        digest.update(_line(file.name, file.link or ""))
        if file.link is None:
            digest.update(_content(file.path))
    return digest.hexdigest()


def tree_stamp(tree: str) -> tuple[int, str]:
    """When a file of a source tree last changed (ns since the epoch), and a digest over all their sizes and times.

    Nothing is read: this is for finding out quickly that nothing has changed.
    """
    return stamp_of(source_files(tree))


def stamp_of(files: Iterable[SourceFile]) -> tuple[int, str]:
    """What :func:`tree_stamp` tells, of some files."""
    newest, digest = 0, hashlib.sha256()
    for file in files:
        status = os.stat(file.path, follow_symlinks=file.link is None)
        newest = max(newest, status.st_ctime_ns)
        facts = f"{_executable(status)} {status.st_size} {status.st_mtime_ns}"
        digest.update(_line(file.name, file.link or facts))
    return newest, digest.hexdigest()


class _Walk:
    """One walk through a tree; each directory outside of it is entered once, so that links cannot make a circle."""

    def __init__(self, tree: str) -> None:
        self._root = os.path.realpath(tree)
        self._entered: set[str] = set()

    def files(self, folder: str, below: str) -> Iterator[SourceFile]:
        entries = _entries(folder)
        names = {entry.name for entry in entries}
        if below and _is_made(folder, names):
            return
        at_project = not below or not names.isdisjoint(_PROJECT)
        for entry in entries:
            name = below + entry.name
            if _leads_to(entry.is_dir):
                if _counts(entry, at_project=at_project):
                    yield from self._folder(entry, name)
            elif _leads_to(entry.is_file):
                if entry.name != LOCK_NAME:
                    yield SourceFile(name, entry.path)
            elif entry.is_symlink():
                yield SourceFile(name, entry.path, os.readlink(entry.path))

    def _folder(self, entry: os.DirEntry[str], name: str) -> Iterator[SourceFile]:
        if entry.is_symlink() and not self._enters(entry):
            yield SourceFile(name, entry.path, os.readlink(entry.path))
        else:
            yield from self.files(entry.path, f"{name}/")

    def _enters(self, entry: os.DirEntry[str]) -> bool:
        if os.path.isabs(os.readlink(entry.path)):
            return False
        target = os.path.realpath(entry.path)
        common = os.path.commonpath([target, self._root])
        # Neither what is met in its own place nor a directory that holds the tree.
        if common in (target, self._root) or target in self._entered:
            return False
        repository = _repository(self._root)
        if repository is not None and _repository(common) != repository:
            return False
        self._entered.add(target)
        return True


def _repository(folder: str) -> str | None:
    """The checkout that a directory lies in."""
    while not any(os.path.exists(os.path.join(folder, name)) for name in _HISTORY):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def _leads_to(kind: Callable[[], bool]) -> bool:
    """Whether an entry is of a kind; a link that leads in a circle, or where one may not look, is of none."""
    try:
        return kind()
    except OSError:
        return False


def _counts(entry: os.DirEntry[str], *, at_project: bool) -> bool:
    name = entry.name
    if name in _MADE or name in _COPIED or name.endswith(".egg-info"):
        return False
    return not (at_project and name in _RESULTS) or os.path.exists(os.path.join(entry.path, "__init__.py"))


def _is_left_out(path: str, name: str) -> bool:
    if name in _MADE:
        return True
    if os.path.islink(path) or os.path.isfile(path):
        return False
    return not os.path.isdir(path) or _is_made(path, {entry.name for entry in _entries(path)})


def _is_made(folder: str, names: set[str]) -> bool:
    """Whether a directory with such entries is an environment, a cache, or where something was built."""
    if "pyvenv.cfg" in names or "conda-meta" in names or {"meson-info", "meson-private"} <= names:
        return True
    if "CMakeCache.txt" in names and "CMakeLists.txt" not in names:
        return True
    if folder.endswith(".egg-info") and "SOURCES.txt" in names:
        return True
    if "CACHEDIR.TAG" in names and _starts_with(os.path.join(folder, "CACHEDIR.TAG"), _CACHE_TAG):
        return True
    parts = [name for name in names if name.startswith(_SETUPTOOLS)]
    return len(parts) == len(names) and any(name.startswith("bdist.") for name in parts)


def _starts_with(path: str, text: bytes) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read(len(text)) == text
    except OSError:
        return False


def _content(path: str) -> bytes:
    """A digest of a file with its executable bit; what cannot be read is reported where it is copied."""
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            digest.update(_executable(os.fstat(file.fileno())).encode())
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError:
        digest.update(b"unreadable")
    return digest.digest()


def _executable(status: os.stat_result) -> str:
    return "x" if status.st_mode & 0o100 else "-"


def _line(name: str, facts: str) -> bytes:
    # Names need not be valid UTF-8.
    return os.fsencode(f"{name}\0{facts}\0")
