"""A day in the life of a project: started, extended, run, updated, handed to other tools and to another machine."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path

import pytest

from interlock_hooks.testing.sdists import Backend
from kit.peers import installed_by_uv, linked_by_rattler
from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario

_FIRST = """\
# The team's environment.
name: shop
channels:
  - {channel}
  - nodefaults
dependencies:
  - python={python}.*
  - tool  # prints
  - pip:
      - --index-url {index}
      - app
"""
# For which torch the extension was built.
_CHECK = """
import app, ext, json, os
print(json.load(open(os.path.join(ext.__path__[0], "built.json")))["imports"]["torch"])
"""


def test_a_day(project: Project, tmp_path: Path) -> None:
    channel, index = project.channel, project.index
    channel.add("tool", "1.0", files={"bin/tool": "#!/bin/sh\necho tool 1\n"})
    channel.add("pip", "25.0", depends=["python"])
    index.wheel("app", "1.0")
    index.wheel("torch", "2.6.0")
    index.sdist("ext", "1.0", requires=["torch"], backend=Backend(requires=["torch"], imports=["torch"]))
    manifest = project.write(_FIRST.format(channel=channel.url, python=PYTHON, index=index.url), "environment.yml")

    # Morning: the project has an environment.yml, and needs torch and an extension of it.
    project.run("init", "--json").ok()
    assert manifest.read_text().startswith("# The team's environment.\n")
    project.run("env", "add", "--pypi", "torch", "--no-install", "--json").ok()
    added = project.run("env", "add", "ext", "--matched", "--json").ok().json
    assert [(each["name"], each["mode"]) for each in added["installed"]["built"]] == [("ext", "matched")]
    assert "- tool  # prints\n" in manifest.read_text()
    beside = project.root / "pyproject.toml"
    assert beside.read_text() == '[tool.interlock.build.packages.ext]\nmode = "matched"\n'
    assert project.run("env", "run", "--", "python", "-c", _CHECK).ok().out == "2.6.0\n"

    # Noon: one package moves, and what was built against it.
    channel.add("tool", "2.0", files={"bin/tool": "#!/bin/sh\necho tool 2\n"})
    channel.index()
    index.wheel("torch", "2.7.0")
    (moved,) = project.run("env", "update", "torch", "--json").ok().json["environments"]
    assert {each["name"]: each["kind"] for each in moved["changes"]} == {"torch": "upgraded", "ext": "rebuilt"}
    shown = project.run("env", "run", "--", "sh", "-c", f"tool; python -c '{_CHECK}'").ok().out
    assert shown.split("\n")[:2] == ["tool 1", "2.7.0"]

    # Afternoon: other tools get the same.
    for name, file in (("pylock", "pylock.toml"), ("requirements", "requirements.txt"), ("pixi-lock", "pixi.lock")):
        project.run("env", "export", "--format", name, "-o", f"out/{file}", "--locked").ok()
    pypi = {"app": "1.0", "ext": "1.0", "torch": "2.7.0"}
    for file in ("pylock.toml", "requirements.txt"):
        found = installed_by_uv(project, tmp_path / file, f"out/{file}")
        assert {name: found[name] for name in pypi} == pypi
    linked = linked_by_rattler(project.root / "out/pixi.lock", tmp_path / "rattler" / "prefix")
    assert linked == project.conda_versions()
    assert (tmp_path / "rattler/prefix/bin/tool").is_file()

    # Evening: to a machine without a network, without Interlock, without the project.
    project.run("env", "pack", "-o", "shop.tar.gz", "--json").ok()
    target = tmp_path / "cluster"
    with tarfile.open(project.root / "shop.tar.gz") as archive:
        archive.extractall(target, filter="fully_trusted")
    project.root.rename(tmp_path / "gone")
    script = f". bin/activate && conda-unpack && tool && python -c '{_CHECK}'"
    alone = {"PATH": "/usr/bin:/bin", "http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    done = subprocess.run(["bash", "-c", script], cwd=target, env=alone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-2:] == ["tool 1", "2.7.0"]
