"""Indexes that ask who wants a file: users and passwords reach every fetch, and are written nowhere."""

from __future__ import annotations

import base64
import os
import shutil
import urllib.request
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from interlock_hooks.testing.loopback import QuietHandler, serving
from interlock_hooks.testing.sdists import Backend, Source
from kit.git import Repository
from kit.project import Project

pytestmark = pytest.mark.scenario

SECRET = "s3cr3t-q7x"
BASIC = "Basic " + base64.b64encode(f"me:{SECRET}".encode()).decode()
SPY = "import os; print(dict(os.environ))"
GROUP = """
[tool.pixi.environments]
default = {{ solve-group = "app" }}
own = {{ features = ["own"], solve-group = "app" }}
[tool.pixi.feature.own.pypi-dependencies]
lib = {{ git = "{lib}" }}
"""
KEYRING = "#!/bin/sh\n" + f'echo "$@" >> "$(dirname "$(readlink -f "$0")")/asked"\necho {SECRET}\n'


def test_a_keyring_variables_and_the_manifest_can_have_the_password(project: Project, tmp_path: Path) -> None:
    project.index.wheel("lib", "1.0")
    project.index.sdist("ext", "1.0")
    server = project.index.url.partition("//")[2].partition("/")[0]

    class Private(QuietHandler, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers["Authorization"] != BASIC:
                self.send_response(401)
                self.send_header("WWW-Authenticate", "Basic")
                self.end_headers()
                return
            with urllib.request.urlopen(f"http://{server}{self.path}") as answer:
                content = answer.read()
                self.send_response(200)
                self.send_header("Content-Type", answer.headers["Content-Type"])
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    programs = tmp_path / "programs"
    programs.mkdir()
    keyring = programs / "keyring"
    keyring.write_text(KEYRING)
    keyring.chmod(0o755)
    variables = {"UV_CACHE_DIR": str(tmp_path / "uv"), "UV_KEYRING_PROVIDER": "subprocess"}
    printed = ""
    with serving(Private) as url:
        place = project.index.url.replace(server, url.partition("//")[2])
        team = place.replace("//", "//me@")
        team = f'[[tool.uv.index]]\nname = "team"\nurl = "{team}"\ndefault = true\n'
        for who, requirements in (("me", ["lib", "ext"]), (f"me:{SECRET}", ["lib"]), ("", ["ext"])):
            if who:
                project.declare(*requirements, pypi_options={"index-url": place.replace("//", f"//{who}@")})
            else:
                project.declare(*requirements, extra=team)
                shutil.rmtree(project.cache / "sdists")
                variables = {"UV_CACHE_DIR": variables["UV_CACHE_DIR"], "UV_INDEX_TEAM_PASSWORD": SECRET}
            lock = project.run("env", "lock", "-vv", variables=variables, path=[programs]).ok()
            # Nothing is there that was fetched without a password.
            again = {**variables, "UV_CACHE_DIR": str(tmp_path / f"uv-{who[:3]}")}
            install = project.run("env", "install", "-vv", variables=again, path=[programs]).ok()
            printed += f"{lock}{install}"
            assert project.versions() == dict.fromkeys(requirements, "1.0")
            project.run("env", "clean").ok()
    assert set((programs / "asked").read_text().splitlines()) == {f"get {place} me"}
    assert SECRET not in printed
    (project.root / "pyproject.toml").unlink()
    keyring.unlink()
    written = [Path(at, name) for at, _, names in os.walk(tmp_path) for name in names]
    assert [path for path in written if path.is_file() and SECRET.encode() in path.read_bytes()] == []


def test_the_password_of_a_repository_is_for_git_alone(project: Project, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "lib")
    repository.commit(Source(name="lib", version="1.0", backend=Backend(on_build=SPY)).tree())
    repository.git("update-server-info")
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "lib.git").symlink_to(repository.folder / ".git")

    class Private(QuietHandler, SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(tmp_path / "served"))

        def do_GET(self) -> None:
            if self.headers["Authorization"] == BASIC:
                super().do_GET()
                return
            self.send_response(401)
            self.send_header("WWW-Authenticate", "Basic")
            self.end_headers()

    def forget() -> None:
        """Let everything be fetched again."""
        for kept in ("git", "wheels"):
            shutil.rmtree(project.cache / kept, ignore_errors=True)

    project.index.wheel("app", "1.0", requires=["lib"])
    with serving(Private) as url:
        lib = f"git+{url.replace('//', f'//me:{SECRET}@')}/lib.git"
        project.declare(f"lib @ {lib}")
        lock = project.run("env", "lock", "-vv").ok()
        forget()
        printed = f"{lock}{project.install('--locked').ok()}"
        assert project.versions() == {"lib": "1.0"}
        # Only another environment of the solve group names the repository.
        project.declare("app", extra=GROUP.format(lib=lib.removeprefix("git+")))
        printed += f"{project.run('env', 'lock').ok()}"
        forget()
        printed += f"{project.install('--locked').ok()}"
    assert project.versions() == {"app": "1.0", "lib": "1.0"}
    assert SECRET not in printed
    (project.root / "pyproject.toml").unlink()
    written = [Path(at, name) for at, _, names in os.walk(tmp_path) for name in names]
    assert [path for path in written if path.is_file() and SECRET.encode() in path.read_bytes()] == []
