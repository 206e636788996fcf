"""Both ecosystems are downloaded at the same time, and neither goes on where the other one cannot."""

from __future__ import annotations

import http.server
import threading
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from interlock_hooks.testing.channel import Channel
from interlock_hooks.testing.loopback import QuietHandler, serving
from kit.project import Project

pytestmark = pytest.mark.scenario


def test_a_wheel_that_is_gone_ends_downloads_of_conda_and_the_next_install_finishes(
    project: Project, tmp_path: Path
) -> None:
    may_come = threading.Event()

    class Handler(QuietHandler, http.server.SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            if "slow-1.0" in self.path and not may_come.wait(60):
                self.send_error(404)
                return
            # Who gave up has hung up.
            with suppress(ConnectionError):
                super().do_GET()

    # Of this test alone, so that no cache has them.
    wheel = project.index.wheel("app", "1.0", modules={"app.py": f"place = {str(tmp_path)!r}\n"})
    channel = Channel(tmp_path / "far")
    channel.add("slow", "1.0", files={"share/slow": str(tmp_path)})
    channel.index()
    with serving(partial(Handler, directory=str(channel.folder))) as far:
        project.declare("app", conda={"slow": "*"}, workspace={"channels": [far, project.channel.url]})
        project.make_lock().ok()
        content = wheel.read_bytes()
        wheel.unlink()
        # An install that waits for the conda package first says that this one is gone.
        failed = project.install("--frozen")
        assert [finding["code"] for finding in failed.findings] == ["IL392"]
        may_come.set()
        wheel.write_bytes(content)
        done = project.run("env", "install", "--frozen").ok()
    assert "✓ download wheels" in done.err
    assert (project.prefix / "share/slow").read_text() == str(tmp_path)
    assert project.versions() == {"app": "1.0"}
    assert project.install("--frozen").ok().json["changed"] is False
