"""Servers that misbehave: nothing hangs, nothing wrong gets in, and the message names server and file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from kit.misbehaving import Fault, Misbehaving, serve_badly
from kit.project import Project

pytestmark = pytest.mark.scenario

WHEEL = "lib-1.0-py3-none-any.whl"
# As short as a loaded machine stands: an answer that is right takes a few milliseconds.
HASTY = {"INTERLOCK_HTTP_TIMEOUT": "1", "INTERLOCK_HTTP_RETRIES": "0"}


@pytest.fixture
def server(project: Project) -> Iterator[Misbehaving]:
    """A server of libtool and lib, whose content no cache has."""
    project.channel.add("libtool", "1.0", files={"share/libtool.txt": uuid4().hex * 100})
    project.index.wheel("lib", "1.0", modules={"lib.py": f"TOKEN = '{uuid4().hex}'\n"})
    project.channel.index()
    with serve_badly(project.channel.folder, project.index.folder) as served:
        declare(project, served.channel, served.index)
        yield served


def declare(project: Project, channel: str, index: str, *requirements: str) -> None:
    conda, options = {"libtool": "*"}, {"index-url": index}
    project.declare(*requirements, conda=conda, workspace={"channels": [channel]}, pypi_options=options)


def test_an_index_may_refuse_to_show_what_it_does_not_have(project: Project, server: Misbehaving) -> None:
    private = f'[[tool.uv.index]]\nname = "private"\nurl = "{server.index}"\n'
    project.declare("lib", extra=private)
    server.answer("lib", 403)
    refused = project.make_lock().failed(1, "IL310")
    assert "add `ignore-error-codes = [403]` to its [[tool.uv.index]]" in str(refused)
    project.declare("lib", extra=f"{private}ignore-error-codes = [403]\n")
    project.make_lock().ok()
    assert [each["artifact"]["url"] for each in project.lock["pypi"]] == [project.index.served.file(WHEEL)]


def test_lock_and_install_against_servers_that_misbehave(project: Project, server: Misbehaving) -> None:
    (package,) = (path.name for path in (project.channel.folder / "linux-64").glob("libtool-*.conda"))

    def refused(code: int, finding: str) -> str:
        found = project.install(variables=HASTY).failed(code, finding)
        assert found["fix"]
        return f"{found['what']}\n{found['why']}"

    server.fail("repodata.json", Fault.SILENT)
    assert f"{server.channel}/" in (told := refused(1, "IL203"))
    assert "sent nothing for 1 s" in told
    assert not project.lock_file.exists()

    # What is damaged once is fetched again; what is damaged always is refused, with both hashes and the address.
    server.mend()
    server.fail(package, Fault.WRONG)
    told = refused(4, "IL501")
    wrong = bytes(255 - byte for byte in (project.channel.folder / "linux-64" / package).read_bytes())
    assert f"{server.channel}/linux-64/{package} has the sha256 {hashlib.sha256(wrong).hexdigest()}" in told
    server.mend()
    declare(project, server.channel, server.index, "lib")
    project.make_lock().ok()
    server.fail(package, Fault.WRONG, times=1)
    server.fail(WHEEL, Fault.WRONG)
    assert f"{WHEEL} has the sha256 " in refused(4, "IL501")
    server.mend()
    server.fail(WHEEL, Fault.SHORT)
    assert f"{WHEEL} cannot be fetched: the server closed the connection" in refused(1, "IL392")
    server.mend()
    server.fail(WHEEL, Fault.WRONG, times=1)
    project.install(variables=HASTY).ok()
    assert project.versions() == {"lib": "1.0"}
    assert project.conda_versions()["libtool"] == "1.0"


def test_proxies_are_those_of_the_user(project: Project, server: Misbehaving, tmp_path: Path) -> None:
    address = server.channel.split("/")[2]
    declare(project, *(url.replace(address, "far.invalid") for url in (server.channel, server.index)), "lib")
    proxy = {**HASTY, "http_proxy": f"http://{address}", "HTTP_PROXY": f"http://{address}"}
    project.install(variables=proxy).ok()
    assert server.asked(WHEEL)
    asked = len(server.requests)
    project.lock_file.unlink()
    caches = {"XDG_CACHE_HOME": str(tmp_path / "new"), "RATTLER_CACHE_DIR": str(tmp_path / "new" / "rattler")}
    none = {**proxy, **caches, "no_proxy": "far.invalid", "NO_PROXY": "far.invalid"}
    assert "far.invalid" in project.install(variables=none).failed(1, "IL203")["why"]
    assert len(server.requests) == asked
