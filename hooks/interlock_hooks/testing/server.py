"""Serving a directory of distributions on loopback, the way a package index does (PEP 503, PEP 658)."""

from __future__ import annotations

import html
import json
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import unquote
from uuid import uuid4

from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename

from interlock_hooks.testing.files import sha256_of
from interlock_hooks.testing.loopback import QuietHandler, serving


@dataclass
class Served:
    """A running index: ``url`` is what goes into a manifest, ``requests`` the paths that were asked for, in order.

    ``uploaded`` says when files were uploaded, by their names; where it says of any, pages are JSON (PEP 700).
    ``yanked`` says why files were yanked (PEP 592).
    """

    url: str
    requests: list[str] = field(default_factory=list)
    uploaded: dict[str, str] = field(default_factory=dict)
    yanked: dict[str, str] = field(default_factory=dict)

    def below(self, folder: str) -> str:
        """The address of the index that the distributions in a folder inside of the served one make."""
        return f"{self.url.removesuffix('simple/')}in/{folder}"

    def file(self, name: str) -> str:
        """The address of a distribution. Its server says nothing about caching."""
        return f"{self.url.removesuffix('simple/')}files/{name}"

    def fetched(self, file_name: str) -> bool:
        """Whether the whole file was asked for (its metadata alone does not count)."""
        return any(path.rsplit("/", 1)[-1] == file_name for path in self.requests)


@contextmanager
def serve(folder: Path, *, latency: float = 0.0) -> Iterator[Served]:
    """Serve the wheels and sdists in ``folder`` until the block is left; files added later appear at once.

    Each answer takes ``latency`` seconds, as if the index were far away.
    """
    # Clients cache by address and ports come round again: the token makes each address unique.
    token = uuid4().hex[:12]
    served = Served(url="")

    class Handler(_IndexHandler):
        directory = folder
        prefix = f"/{token}/"
        log = served.requests
        uploaded = served.uploaded
        yanked = served.yanked
        pause = latency

    with serving(Handler) as address:
        served.url = f"{address}/{token}/simple/"
        yield served


class _IndexHandler(QuietHandler, BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    directory: Path
    prefix: str
    log: list[str]
    uploaded: dict[str, str]
    yanked: dict[str, str]
    pause: float

    def do_GET(self) -> None:
        time.sleep(self.pause)
        # A query, such as a token, changes nothing here.
        path = unquote(self.path.partition("?")[0])
        self.log.append(path)
        kind, _, rest = path.removeprefix(self.prefix).partition("/")
        if kind == "simple":
            self._page("", canonicalize_name(rest.strip("/")))
        elif kind == "in" and "/" in rest.strip("/"):
            folder, _, project = rest.strip("/").rpartition("/")
            self._page(f"{folder}/", canonicalize_name(project))
        elif kind == "files" and rest.endswith(".metadata"):
            self._answer(_wheel_metadata(self.directory / rest.removesuffix(".metadata")))
        elif kind == "files" and (self.directory / rest).is_file():
            self._answer((self.directory / rest).read_bytes())
        else:
            self._answer(None)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _page(self, folder: str, project: str) -> None:
        listed = sorted((self.directory / folder).iterdir()) if (self.directory / folder).is_dir() else []
        files = [file for file in listed if project_of(file.name) == project]
        if files and self.uploaded:
            entries = [self._entry(folder, file) for file in files]
            page = {"meta": {"api-version": "1.1"}, "name": project, "files": entries}
            self._answer(json.dumps(page).encode(), "application/vnd.pypi.simple.v1+json")
            return
        links = "\n".join(self._link(folder, file) for file in files)
        self._answer(f"<!DOCTYPE html><html><body>{links}</body></html>".encode() if files else None, "text/html")

    def _link(self, folder: str, file: Path) -> str:
        extra = ' data-dist-info-metadata="true" data-core-metadata="true"' if file.suffix == ".whl" else ""
        if file.name in self.yanked:
            extra += f' data-yanked="{html.escape(self.yanked[file.name])}"'
        address = f"{self.prefix}files/{folder}{file.name}#sha256={sha256_of(file)}"
        return f'<a href="{html.escape(address)}"{extra}>{file.name}</a>'

    def _entry(self, folder: str, file: Path) -> dict[str, object]:
        entry: dict[str, object] = {
            "filename": file.name,
            "url": f"{self.prefix}files/{folder}{file.name}",
            "hashes": {"sha256": sha256_of(file)},
            "size": file.stat().st_size,
            "core-metadata": file.suffix == ".whl",
            "yanked": self.yanked.get(file.name, False),
        }
        when = self.uploaded.get(file.name)
        return entry if when is None else entry | {"upload-time": when}

    def _answer(self, body: bytes | None, content_type: str = "application/octet-stream") -> None:
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        if self.command == "GET" and body:
            self.wfile.write(body)


def project_of(file_name: str) -> str | None:
    """The normalised name of the project that a distribution file belongs to, ``None`` for other files."""
    if file_name.endswith(".whl"):
        return parse_wheel_filename(file_name)[0]
    if file_name.endswith(".tar.gz"):
        return parse_sdist_filename(file_name)[0]
    return None


def _wheel_metadata(wheel: Path) -> bytes | None:
    if not wheel.is_file():
        return None
    with zipfile.ZipFile(wheel) as archive:
        name = next(entry for entry in archive.namelist() if entry.endswith(".dist-info/METADATA"))
        return archive.read(name)
