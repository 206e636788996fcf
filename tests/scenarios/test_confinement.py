"""What a build may do to the machine that it runs on: where it writes, and whether it reaches the network."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock.engines.confinement import can_deny_network, can_restrict_writing
from interlock_hooks.testing.sdists import Backend
from kit.project import Project

pytestmark = [pytest.mark.scenario, pytest.mark.disk]

# A build as flash-attn's: it takes a file from a server if it can get it, else it does without.
FETCHING = """
import urllib.request
try:
    config["modules"] = {{"ext_data.py": "SIZE = %d" % len(urllib.request.urlopen({url!r}).read())}}
except OSError:
    config["modules"] = {{"ext_data.py": "SIZE = 0"}}
"""
FORCING = "# os.environ.get('EXT_FORCE_BUILD')"


@pytest.mark.parametrize("place", ["beside", "project", "prefix", "home"])
def test_a_build_cannot_write_outside_of_its_directories(project: Project, tmp_path: Path, place: str) -> None:
    folder = {"beside": tmp_path, "project": project.root, "prefix": project.prefix, "home": tmp_path / "home"}[place]
    project.index.sdist("stray", "1.0", backend=Backend.writing(folder / "marker"))
    project.declare("stray")
    failure = project.install().failed(3, "IL420")
    assert str(folder / "marker") in failure["what"]
    assert (folder / "marker").exists() is (not can_restrict_writing())
    if place == "beside":
        project.declare("stray", extra=f'[tool.interlock.build]\nwritable = ["{tmp_path}"]\n')
        project.install().ok()
        assert (folder / "marker").exists()


def test_what_a_build_downloads_is_told_and_can_be_denied(project: Project, tmp_path: Path) -> None:
    url = f"{project.index.url}app/"
    project.index.wheel("app", "1.0")
    backend = Backend(on_build=FETCHING.format(url=url))
    project.index.sdist("ext", "1.0", backend=backend, files={"setup.py": FORCING})
    store = f'[tool.interlock.build]\nstore = [{{ url = "{tmp_path / "team"}", write = true }}]\n'
    project.declare("app", "ext", extra=store)
    result = project.install().ok()
    (warning,) = [finding for finding in result.findings if finding["code"] == "IL424"]
    assert url in warning["what"]
    assert "EXT_FORCE_BUILD" in warning["fix"]
    assert project.plan("ext")["downloads"] == [url]
    assert not list((tmp_path / "team").glob("objects/*/*/ext-*"))
    assert int(project.python("import ext_data; print(ext_data.SIZE)")) > 0
    project.declare("app", "ext", extra=f'{store}network = "deny"\n')
    result = project.install()
    if not can_deny_network():
        result.failed(3, "IL422")
        return
    assert "IL424" not in str(result.ok().findings)
    assert "downloads" not in project.plan("ext")
    assert project.python("import ext_data; print(ext_data.SIZE)") == "0"


@pytest.mark.skipif(not can_deny_network(), reason="no network namespaces here")
def test_a_build_that_needs_a_denied_network_says_so(project: Project) -> None:
    url = f"{project.index.url}app/"
    on_build = f"import urllib.request; urllib.request.urlopen({url!r})"
    project.index.sdist("ext", "1.0", backend=Backend(on_build=on_build))
    project.declare("ext", extra='[tool.interlock.build]\nnetwork = "deny"\n')
    assert url in project.install().failed(3, "IL423")["what"]


FILLING = {
    "disk": "import signal\nfor n in range(8): open('filling%d' % n, 'wb').write(bytes(1 << 20))\nsignal.pause()",
    "memory": "import signal\nheld = b'x' * (1 << 29)\nsignal.pause()",
}


@pytest.mark.parametrize("kind", FILLING)
def test_a_build_that_uses_up_the_machine_is_ended_and_named(project: Project, kind: str) -> None:
    project.index.sdist("greedy", "1.0", backend=Backend(on_build=FILLING[kind]))
    limits = 'memory = "300MB"' if kind == "memory" else 'disk = "4MB"'
    project.declare("greedy", extra=f"[tool.interlock.build]\n{limits}\n")
    failure = project.install().failed(3, "IL427")
    assert "greedy 1.0" in failure["what"]
    assert limits.partition(" ")[0] in failure["what"]
    assert not project.prefix.joinpath("lib").is_dir() or "greedy" not in project.versions()
