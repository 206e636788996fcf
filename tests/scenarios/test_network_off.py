"""``--offline``: caches do, no connection is opened, and what no cache has is named exactly."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from interlock_hooks.testing.result import Result
from interlock_hooks.testing.sdists import Backend
from kit.misbehaving import serve_badly
from kit.project import Project

pytestmark = pytest.mark.scenario

WATCH = """
import sys

def write(text):
    with open({log!r}, "a") as file:
        print(text, file=file)

def hear(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"):
        write((event, arguments))

write("heard from here")
sys.addaudithook(hear)
"""


@contextmanager
def trap(port: int) -> Iterator[list[str]]:
    """Listen where a server was, and note who comes; nobody is answered."""
    came: list[str] = []
    with socket.create_server(("127.0.0.1", port)) as server:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, address = server.accept()
                    came.append(repr(address))
                    connection.close()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield came
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def missing(result: Result) -> list[str]:
    """What a command says that no cache has."""
    found = result.failed(1, "IL650")
    assert len(found["details"]) == len(found["missing"])
    assert found["fix"].startswith(f"run `interlock {' '.join(result.args[1:3])}` once with a network")
    return sorted(
        " ".join(filter(None, (each["kind"], each["name"], each["version"], each["needed_by"])))
        for each in found["missing"]
    )


def test_a_lock_and_an_install_from_caches_alone(project: Project, tmp_path: Path) -> None:
    for name in ("lib", "lab", "helper", "newer"):
        project.index.wheel(name, "1.0", modules={f"{name}.py": f"TOKEN = '{uuid4().hex}'\n"})
    project.index.sdist("src", "1.0", backend=Backend(requires=["helper"], imports=["helper"]))
    project.channel.add("libtool", "1.0", files={"share/libtool.txt": uuid4().hex * 100})
    project.channel.index()
    empty = {
        name: str(tmp_path / "empty" / name) for name in ("XDG_CACHE_HOME", "RATTLER_CACHE_DIR", "INTERLOCK_CACHE_DIR")
    }
    with serve_badly(project.channel.folder, project.index.folder) as served:

        def declare(*requirements: str) -> None:
            workspace, index = {"channels": [served.channel]}, {"index-url": served.index}
            project.declare(*requirements, conda={"libtool": "*"}, workspace=workspace, pypi_options=index)

        declare("lib", "lab", "src")
        assert missing(project.make_lock("--offline")) == [
            f"repodata {served.channel}/linux-64/",
            f"repodata {served.channel}/noarch/",
        ]
        project.make_lock().ok()
        before, locked = project.snapshot(), project.lock_file.read_text()
        # conda's packages were linked to ask the backend, with its requirement.
        assert missing(project.install("--offline")) == ["wheel lab 1.0", "wheel lib 1.0"]
        everything = missing(project.install("--offline", "--locked", variables=empty))
        python = next(each for each in everything if each.startswith("conda-package python "))
        assert everything == [
            "conda-package libtool 1.0",
            python,
            "sdist src 1.0",
            "wheel helper 1.0 src",
            "wheel lab 1.0",
            "wheel lib 1.0",
        ]
        assert project.snapshot() == before
        project.install().ok()
    shutil.rmtree(project.prefix)
    log = tmp_path / "connections"
    (project._plugins / "sitecustomize.py").write_text(WATCH.format(log=str(log)))
    with trap(urlsplit(served.channel).port or 0) as came:
        proxies = {name: served.channel for name in project.environment() if name.lower().endswith("_proxy")}
        watched = {**proxies, "no_proxy": "", "NO_PROXY": ""}
        done = project.run("env", "install", "--locked", "--json", "--offline", variables=watched, fresh=True).ok()
        assert done.json["changed"] is True
        assert project.versions() == {"lab": "1.0", "lib": "1.0", "src": "1.0"}
        project.lock_file.unlink()
        again = project.run("env", "lock", "--json", variables={**watched, "INTERLOCK_OFFLINE": "1"}, fresh=True).ok()
        assert [each["code"] for each in again.findings] == ["IL654"]
        assert f"{served.channel} (last asked on 20" in again.findings[0]["why"]
        assert ", less than a day ago)" in again.findings[0]["why"]
        assert project.lock_file.read_text() == locked
        declare("lib", "nope", "newer", "src")
        more = project.run("env", "lock", "--json", "--offline", variables=watched, fresh=True)
        assert missing(more) == ["index-page newer", "index-page nope"]
        assert came == []
    assert set(log.read_text().splitlines()) == {"heard from here"}
