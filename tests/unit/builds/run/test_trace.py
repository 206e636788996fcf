from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from interlock.builds.run import _trace_hook
from interlock.builds.run.trace import TRACE_HOOK, Trace, read_trace


def traced(tmp_path: Path, code: str, *args: object) -> Trace:
    """The trace of a process that runs ``code`` and may write below ``tmp_path/own``."""
    (tmp_path / "own").mkdir(exist_ok=True)
    start = f"import runpy; runpy.run_path({str(TRACE_HOOK)!r})\n"
    variables = {
        "PATH": "/usr/bin:/bin",
        "INTERLOCK_TRACE": str(tmp_path / "own" / "trace"),
        "INTERLOCK_WRITABLE": os.pathsep.join([str(tmp_path / "own"), "/dev/null"]),
    }
    command = [sys.executable, "-c", start + code, *map(str, args)]
    subprocess.run(command, env=variables, cwd=tmp_path / "own", check=True, capture_output=True)
    return read_trace(tmp_path / "own" / "trace")


def test_what_is_written_elsewhere_is_noted_and_nothing_else(tmp_path):
    code = """
import os
os.makedirs("inside/deep")
open("inside/file", "w").close()
open("/dev/null", "w").close()
open(os.__file__).close()
os.mkdir("../made")
open("../made/file", "a").close()
os.close(os.open("../low", os.O_CREAT | os.O_RDWR))
os.rename("inside/file", "../moved")
os.symlink("inside", "../link")
open("../own-not/x.pyc", "w") if os.path.isdir("../own-not") else None
try:
    open("/nonexistent/file", "w")
except OSError:
    pass
"""
    names = ("made", "made/file", "low", "moved", "link")
    expected = (*(tmp_path / name for name in names), Path("/nonexistent/file"))
    assert traced(tmp_path, code).written == expected


def test_a_neighbour_whose_name_begins_alike_is_elsewhere(tmp_path):
    assert traced(tmp_path, "open('../own-too', 'w').close()").written == (tmp_path / "own-too",)


def test_what_is_written_through_a_link_is_where_it_leads(tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "file").touch()
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "folder").symlink_to(tmp_path / "shared")
    (tmp_path / "own" / "file").symlink_to(tmp_path / "shared" / "file")
    (tmp_path / "own" / "mine").mkdir()
    (tmp_path / "own" / "link").symlink_to("mine")
    code = """
import os
open("link/file", "w").close()
open("folder/file").close()
os.rename("link/file", "file")
os.mkdir("folder/made")
open("folder/file", "a").close()
"""
    assert traced(tmp_path, code).written == (tmp_path / "shared" / "made", tmp_path / "shared" / "file")


URLLIB = """
import urllib.request
try:
    urllib.request.urlopen("http://me:word@127.0.0.1:9/a?token=1")
except OSError:
    pass
"""
HTTP_CLIENT = """
import http.client
connection = http.client.HTTPConnection("127.0.0.1", 9)
connection.sock = open("sock", "wb")
connection.sock.sendall = connection.sock.write
connection.request("GET", "/b")
"""
CURL = "import subprocess; subprocess.run(['sh', '-c', 'curl -fsS http://127.0.0.1:9/c || true'])"
GIT = "import os; os.system('git clone \"https://127.0.0.1:9/d.git\" 2>&1')"


@pytest.mark.parametrize(
    ("code", "address"),
    [
        (URLLIB, "http://127.0.0.1:9/a"),
        (HTTP_CLIENT, "http://127.0.0.1:9/b"),
        (CURL, "http://127.0.0.1:9/c"),
        (GIT, "https://127.0.0.1:9/d.git"),
    ],
)
def test_requests_are_noted_without_what_is_secret(tmp_path, code, address):
    assert traced(tmp_path, code).reached == (address,)


def test_local_files_and_addresses_among_arguments_are_no_requests(tmp_path):
    code = (
        "import subprocess, urllib.request\n"
        "urllib.request.urlopen('file:///dev/null').read()\n"
        "subprocess.run(['true', '-DURL=https://127.0.0.1:9/'])"
    )
    assert traced(tmp_path, code).reached == ()


class TcpSocket:
    type = 1


def test_a_bare_connection_is_told_by_the_name_that_was_looked_up(tmp_path):
    lines: list[str] = []
    deeds = _trace_hook._Deeds(lines.append, ("/own/",))
    deeds("socket.getaddrinfo", ("files.example.org", 443, 0, 1, 0))
    deeds("socket.connect", (TcpSocket(), ("192.0.2.7", 443)))
    deeds("socket.connect", (TcpSocket(), ("127.0.0.1", 80)))
    deeds("socket.connect", (TcpSocket(), "/run/socket"))
    deeds("open", (object(), "w", os.O_WRONLY))
    assert lines == ["connected files.example.org:443"]
    file = tmp_path / "trace"
    file.write_text("\n".join(lines))
    assert read_trace(file).reached == ("files.example.org:443",)


def test_a_trace_is_read_as_far_as_it_is_whole(tmp_path):
    file = tmp_path / "trace"
    assert read_trace(file) == Trace()
    file.write_text("import a\nimport a\nmissing b /x y/setup.py\nnonsense\nimport \n")
    trace = read_trace(file)
    assert trace.imported == ("a",)
    assert [(entry.module, entry.importer) for entry in trace.missing] == [("b", "/x y/setup.py")]
