"""A conda channel and a package index behind one server that fails as servers on the internet do."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import unquote
from uuid import uuid4

from packaging.utils import canonicalize_name

from interlock_hooks.testing.files import sha256_of
from interlock_hooks.testing.loopback import QuietHandler, serving
from interlock_hooks.testing.server import project_of


class Fault(Enum):
    """What happens in place of an answer."""

    SILENT = "the server accepts the connection and never answers"
    STALLED = "half of the body comes, and nothing more"
    RESET = "the connection is reset in the middle of the body"
    SHORT = "the connection is closed in the middle of the body"
    LONG = "the length is said to be greater than it is"
    TRUNCATED = "half of the body comes, and its length is said to be that"
    WRONG = "the body has the right length and the wrong content"


@dataclass
class Misbehaving:
    """A running server: ``channel`` and ``index`` are addresses for a manifest, ``requests`` what was asked for."""

    channel: str = ""
    index: str = ""
    requests: list[str] = field(default_factory=list)
    _faults: dict[str, list[Fault | tuple[int, dict[str, str]]]] = field(default_factory=dict)
    _ended: threading.Event = field(default_factory=threading.Event)

    def fail(self, name: str, fault: Fault, *, times: int = 1000) -> None:
        """Let the next requests for a file (or page of the index) end so."""
        self._faults.setdefault(name, []).extend([fault] * times)

    def answer(self, name: str, status: int, *, times: int = 1000, **headers: str) -> None:
        """Answer the next requests for a file with a status; ``Retry_After`` is the header ``Retry-After``."""
        said = {key.replace("_", "-"): value for key, value in headers.items()}
        self._faults.setdefault(name, []).extend([(status, said)] * times)

    def mend(self) -> None:
        """Let nothing fail any more."""
        self._faults.clear()

    def asked(self, name: str) -> int:
        """How often a file was asked for."""
        return sum(path.rstrip("/").rsplit("/", 1)[-1] == name for path in self.requests)

    def next_fault(self, name: str) -> Fault | tuple[int, dict[str, str]] | None:
        """What is to happen to this request for a file."""
        waiting = self._faults.get(name)
        return waiting.pop(0) if waiting else None

    def wait(self) -> None:
        """Keep a client waiting until the server ends."""
        self._ended.wait()

    def end(self) -> None:
        """Let go of clients that wait."""
        self._ended.set()


@contextmanager
def serve_badly(channel: Path, packages: Path) -> Iterator[Misbehaving]:
    """Serve the files of a conda channel and an index of the distributions in ``packages``, as the block wants it."""
    # Clients cache by address and ports come round again.
    token, served = uuid4().hex[:12], Misbehaving()

    class Handler(_Handler):
        folders = ((f"/{token}/channel/", channel), (f"/{token}/files/", packages))
        simple = f"/{token}/simple/"
        server_says = served

    with serving(Handler) as address:
        served.channel, served.index = f"{address}/{token}/channel", f"{address}/{token}/simple/"
        try:
            yield served
        finally:
            served.end()


class _Handler(QuietHandler, BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folders: tuple[tuple[str, Path], ...]
    simple: str
    server_says: Misbehaving

    def handle_one_request(self) -> None:
        # Clients that were let down go away as they like.
        with suppress(ConnectionError):
            super().handle_one_request()

    def do_GET(self) -> None:
        # Through a proxy the whole address is asked for.
        path = "/" + unquote(self.path).split("://")[-1].partition("/")[2] if "://" in self.path else unquote(self.path)
        self.server_says.requests.append(path)
        fault = self.server_says.next_fault(path.rstrip("/").rsplit("/", 1)[-1])
        body = self._body(path)
        if isinstance(fault, tuple):
            self._send(b"", fault[0], **fault[1])
        elif body is None:
            self._send(b"", 404)
        elif fault is None:
            self._send(body)
        else:
            self._fail(fault, body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _body(self, path: str) -> bytes | None:
        if path.startswith(self.simple):
            return self._page(path.removeprefix(self.simple).strip("/"))
        for prefix, folder in self.folders:
            if path.startswith(prefix) and (file := folder / path.removeprefix(prefix)).is_file():
                return file.read_bytes()
        return None

    def _page(self, name: str) -> bytes | None:
        _, packages = self.folders[-1]
        files = [file for file in sorted(packages.iterdir()) if project_of(file.name) == canonicalize_name(name)]
        place = self.simple.replace("/simple/", "/files/")
        links = [f'<a href="{place}{file.name}#sha256={sha256_of(file)}">{file.name}</a>' for file in files]
        return f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>".encode() if links else None

    def _fail(self, fault: Fault, body: bytes) -> None:
        half = body[: len(body) // 2]
        self.close_connection = True
        if fault is Fault.SILENT:
            self.server_says.wait()
        elif fault is Fault.STALLED:
            self._send(half, length=len(body))
            self.server_says.wait()
        elif fault is Fault.RESET:
            self._send(half, length=len(body))
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        elif fault is Fault.SHORT:
            self._send(half, length=len(body))
        elif fault is Fault.LONG:
            self._send(body, length=len(body) + 1000)
        elif fault is Fault.TRUNCATED:
            self._send(half)
        elif fault is Fault.WRONG:
            self._send(bytes(255 - byte for byte in body))

    def _send(self, body: bytes, status: int = 200, *, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        kind = "text/html" if self.simple in self.path else "application/octet-stream"
        said = {"Content-Type": kind, "Content-Length": str(len(body) if length is None else length), **headers}
        for name, value in said.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)
            self.wfile.flush()
