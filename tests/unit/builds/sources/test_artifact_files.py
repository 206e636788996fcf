from __future__ import annotations

import http.server
import zipfile
from functools import partial
from pathlib import Path

import pytest

from interlock.builds.sources.artifact_files import list_files
from interlock_hooks.testing.loopback import QuietHandler, serving
from interlock_hooks.types import Artifact


class _Ranges(QuietHandler, http.server.SimpleHTTPRequestHandler):
    """A server that sends parts of files and counts what it sent."""

    sent = 0
    ranges = True

    def do_GET(self) -> None:
        data = Path(self.translate_path(self.path)).read_bytes()
        wanted = self.headers.get("Range") if self.ranges else None
        if wanted is None:
            self._send(200, data, {})
            return
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        start = max(0, len(data) - int(last)) if not first else int(first)
        end = len(data) - 1 if not first else int(last)
        self._send(206, data[start : end + 1], {"Content-Range": f"bytes {start}-{end}/{len(data)}"})

    def _send(self, status: int, data: bytes, headers: dict[str, str]) -> None:
        type(self).sent += len(data)
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def server(tmp_path):
    handler = type("Handler", (_Ranges,), {})
    with serving(partial(handler, directory=str(tmp_path))) as address:
        yield address, handler


def big_wheel(path: Path, files: int) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("blob.bin", bytes(1 << 20))
        for number in range(files):
            archive.writestr(f"package/{'x' * 100}{number}.py", "")


@pytest.mark.parametrize("files", [3, 4000])
def test_a_wheel_on_a_server_is_listed_without_downloading_it(server, tmp_path, files):
    url, handler = server
    big_wheel(tmp_path / "big.whl", files)
    artifact = Artifact(kind="wheel", url=f"{url}/big.whl", sha256="0" * 64)
    assert len(list_files(artifact, root=tmp_path)) == files + 1
    assert handler.sent < (tmp_path / "big.whl").stat().st_size
    sent = handler.sent
    list_files(artifact, root=tmp_path)
    assert handler.sent == sent


def test_a_server_without_ranges_sends_the_whole_wheel(server, tmp_path):
    url, handler = server
    handler.ranges = False
    big_wheel(tmp_path / "big.whl", 3)
    assert len(list_files(Artifact(kind="wheel", url=f"{url}/big.whl"), root=tmp_path)) == 4


def test_a_server_that_fails_proves_nothing(tmp_path):
    assert list_files(Artifact(kind="git", url="https://x.invalid", commit="1"), root=tmp_path) == ()
