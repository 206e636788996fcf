"""Runs inside of builds and writes down what they look for and reach out to. Copied into each build environment.

Must work on every Python from 3.8 on and import next to nothing: every interpreter that a build starts runs it.
Each line of the file that $INTERLOCK_TRACE names is ``import NAME``; ``missing NAME FILE`` for a module that nobody
found and the file that wanted it; ``asked NAME`` for a distribution whose metadata was looked up, installed or not;
``wrote PATH`` for a file outside of the places that $INTERLOCK_WRITABLE lists; ``reached ADDRESS`` for a request to the
network. Names of found modules are cut to two levels. Writing and reaching are noted when they begin, however they end.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


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


# Audit events, each with the argument that names what is written.
_TARGETS = {"open": 0, "os.mkdir": 0, "os.rename": 1, "os.link": 1, "os.symlink": 1}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_STARTS = ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system")
_FETCHERS = frozenset(("curl", "wget", "aria2c", "git", "hg", "svn"))


class _Deeds:
    """An audit hook (PEP 578) for what a process does to the world."""

    def __init__(self, write: Callable[[str], None], writable: tuple[str, ...]) -> None:
        self.said: set[str] = set()
        self.write = write
        # Places may be named by links to them, and links in them may lead elsewhere.
        self.writable = writable
        self.places = tuple(os.path.realpath(place).rstrip(os.sep) + os.sep for place in writable)
        self.host = ""

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        try:
            if event in _TARGETS:
                self.written(args[_TARGETS[event]], event != "open" or args[2] & _WRITING, event == "open")
            elif event == "urllib.Request":
                self.reached(args[0])
            elif event == "http.client.send":
                self.requested(args[0], args[1])
            elif event == "socket.getaddrinfo":
                self.host = args[0] or ""
            elif event == "socket.connect":
                self.connected(args[0], args[1])
            elif event in _STARTS:
                self.started(args[0] if event == "os.system" else args[1])
        except Exception:  # noqa: BLE001, S110 - an exception would forbid the build to do it
            pass

    def written(self, path: Any, writing: object, follow: bool) -> None:
        if not writing or isinstance(path, int):
            return
        place = os.path.abspath(os.fsdecode(path))
        # Compiled modules are written beside their sources where that is possible, else not at all.
        if place.endswith(".pyc") or "__pycache__" in place:
            return
        if not (place + os.sep).startswith(self.writable):
            self.say("wrote " + place)
            return
        folder, name = os.path.split(place)
        real = os.path.realpath(place) if follow else os.path.join(os.path.realpath(folder), name)
        if not (real + os.sep).startswith(self.places):
            self.say("wrote " + real)

    def reached(self, url: str) -> None:
        if not url.startswith(("file:", "data:")):
            self.say("reached " + url.split()[0])

    def requested(self, connection: Any, data: object) -> None:
        words = bytes(data[:4096]).split(b"\r\n", 1)[0].split() if isinstance(data, (bytes, bytearray)) else []
        if len(words) == 3 and words[2].startswith(b"HTTP/") and words[0] != b"CONNECT":
            path = words[1].decode("ascii", "replace")
            scheme = "https" if "HTTPS" in type(connection).__name__ or connection.port == 443 else "http"
            host = getattr(connection, "_tunnel_host", None) or connection.host
            port = "" if connection.port in (80, 443) else f":{connection.port}"
            self.reached(path if "://" in path else scheme + "://" + host + port + path)

    def connected(self, socket: Any, address: object) -> None:
        # Datagrams are for names and clocks, and local sockets reach this machine only.
        if (
            isinstance(address, tuple)
            and socket.type & 0xF == 1
            and not address[0].startswith(("127.", "::1", "local"))
        ):
            self.say(f"connected {self.host or address[0]}:{address[1]}")

    def started(self, command: Any) -> None:
        parts = [command] if isinstance(command, (str, bytes)) else command
        words = " ".join(os.fsdecode(part) for part in parts).split()
        if any(os.path.basename(word) in _FETCHERS for word in words):
            for word in words:
                if "://" in word or word.startswith("git@"):
                    self.reached(word.strip("'\""))

    def say(self, line: str) -> None:
        if line not in self.said:
            self.said.add(line)
            self.write(line)


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
        places = os.environ.get("INTERLOCK_WRITABLE", "").split(os.pathsep)
        sys.addaudithook(_Deeds(seen.write, tuple(place.rstrip(os.sep) + os.sep for place in places)))


install()
