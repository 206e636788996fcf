"""Runs inside of builds and writes down which modules they look for. Copied into each build environment.

Must work on every Python from 3.8 on and import next to nothing: every interpreter that a build starts runs it.
Each line of the file that $INTERLOCK_TRACE names is ``import NAME``; ``missing NAME FILE`` for a module that nobody
found and the file that wanted it; or ``asked NAME`` for a distribution whose metadata was looked up, installed or not.
Names of found modules are cut to two levels.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class _Seen:
    """First on sys.meta_path: sees each name that is about to be imported, and finds none."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self.names: set[str] = set()
        self.write = write
        self.started = False

    def find_spec(self, name: str, *_args: object, **_options: object) -> None:
        # What *.pth files import at start-up says nothing of the build. They are done when site asks for this one.
        if not self.started:
            self.started = name == "sitecustomize"
            return
        short = ".".join(name.split(".", 2)[:2])
        if short not in self.names:
            self.names.add(short)
            self.write("import " + short)

    def find_distributions(self, context: object = None) -> tuple[()]:
        # importlib.metadata asks every finder: this is how a setup.py learns which torch is there without importing it.
        # Going through all distributions (for entry points) has no name, and is nothing that a result depends on.
        name = getattr(context, "name", None)
        if self.started and name and "asked " + name not in self.names:
            self.names.add("asked " + name)
            self.write("asked " + name)
        return ()


class _Missing:
    """Last on sys.meta_path: only asked for what all other finders did not find."""

    def __init__(self, write: Callable[[str], None], seen: _Seen) -> None:
        self.names: set[str] = set()
        self.write = write
        self.seen = seen

    def find_spec(self, name: str, *_args: object, **_options: object) -> None:
        if self.seen.started and name not in self.names and name not in ("sitecustomize", "usercustomize"):
            self.names.add(name)
            self.write("missing " + name + " " + _importer())


def _importer() -> str:
    frame = sys._getframe(2)  # noqa: SLF001 - inspect would be a heavy import
    while frame.f_back is not None and "importlib" in frame.f_code.co_filename:
        frame = frame.f_back
    return frame.f_code.co_filename


def _writer(target: str) -> Callable[[str], None]:
    def write(line: str) -> None:
        # Opened for each line: builds close descriptors that they do not know, and fork as they like. Appending a
        # short line in one call is atomic.
        try:
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError:
            return
        try:
            os.write(handle, (line + "\n").encode("utf-8", "replace"))
        finally:
            os.close(handle)

    return write


def install() -> None:
    """Start tracing if $INTERLOCK_TRACE asks for it."""
    target = os.environ.get("INTERLOCK_TRACE")
    if target:
        seen = _Seen(_writer(target))
        sys.meta_path.insert(0, seen)
        sys.meta_path.append(_Missing(seen.write, seen))


install()
