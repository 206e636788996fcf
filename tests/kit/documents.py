"""Serving documents on loopback with the headers of HTTP caching, and seeing what was asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from interlock_hooks.testing.loopback import QuietHandler, serving


@dataclass
class Documents:
    """A running server. ``requests`` holds the path and status of each answer, in order."""

    url: str = ""
    requests: list[tuple[str, int]] = field(default_factory=list)
    broken: bool = False
    _held: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    _failing: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)
    _cuts: dict[str, list[int]] = field(default_factory=dict)

    def put(
        self, name: str, content: str | bytes, *, max_age: int | None = None, tagged: bool = True, ranges: bool = True
    ) -> None:
        """Serve a document from now on; ``max_age`` of ``None`` says nothing about how long it is good for.

        Without ``ranges`` it is only sent as a whole.
        """
        body = content.encode() if isinstance(content, str) else content
        headers = {} if max_age is None else {"Cache-Control": f"max-age={max_age}"}
        if tagged:
            headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
        if not ranges:
            headers["Accept-Ranges"] = "none"
        self._held[name] = (body, headers)

    def fail(self, name: str, status: int, *, times: int = 1, retry_after: str | None = None) -> None:
        """Answer the next requests for a document with an error, and with that ``Retry-After``."""
        headers = {} if retry_after is None else {"Retry-After": retry_after}
        self._failing.setdefault(name, []).extend([(status, headers)] * times)

    def cut(self, name: str, *after: int) -> None:
        """Break the connection after so many bytes of the body, once for each number."""
        self._cuts.setdefault(name, []).extend(after)

    def sent(self, name: str, body: bytes) -> bytes:
        """The part of a body that goes out before the connection breaks."""
        cuts = self._cuts.get(name)
        return body[: cuts.pop(0)] if cuts and body else body

    def answer(self, name: str, tag: str | None) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers for a request with that ``If-None-Match``."""
        if self.broken:
            return 503, b"", {}
        if self._failing.get(name):
            status, headers = self._failing[name].pop(0)
            return status, b"", headers
        if name not in self._held:
            return 404, b"", {}
        body, headers = self._held[name]
        return (304, b"", headers) if tag is not None and tag == headers.get("ETag") else (200, body, headers)


def _part(body: bytes, headers: dict[str, str], wanted: str) -> tuple[int, bytes, dict[str, str]]:
    """The part of a body that a ``Range`` names, unless the server does not know how."""
    if headers.get("Accept-Ranges") == "none":
        return 200, body, headers
    first, _, last = wanted.removeprefix("bytes=").partition("-")
    start = int(first) if first else max(0, len(body) - int(last))
    end = min(int(last), len(body) - 1) if first and last else len(body) - 1
    place = {"Content-Range": f"bytes {start}-{end}/{len(body)}"}
    return 206, body[start : end + 1], {**headers, **place}


@contextmanager
def serve_documents() -> Iterator[Documents]:
    """Serve on a free port of loopback until the block is left."""
    documents = Documents()

    class Handler(QuietHandler, BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = self.path.lstrip("/")
            status, body, headers = documents.answer(name, self.headers.get("If-None-Match"))
            if status == 200 and self.headers.get("Range"):
                status, body, headers = _part(body, headers, self.headers["Range"])
            documents.requests.append((name, status))
            self.send_response(status)
            for key, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(key, value)
            self.end_headers()
            sent = documents.sent(name, body)
            self.wfile.write(sent)
            self.close_connection = len(sent) < len(body)

    with serving(Handler) as documents.url:
        yield documents
