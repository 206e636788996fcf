"""The day in the life of ``tests/scenarios/test_day.py`` with real packages: torch, and an extension that compiles."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path

import pytest

from interlock_hooks.testing.channel import Channel
from kit.peers import UvVenv, linked_by_rattler
from kit.project import PYTHON
from kit.real import RealProject

pytestmark = [pytest.mark.realworld, pytest.mark.slow]

NAME = "torch-spline-conv"
_FIRST = """\
# The team's environment.
name: graphs
channels:
  - {channel}
  - nodefaults
dependencies:
  - python={python}.*
  - pip:
      - --find-links {wheels}
      - einops<0.8  # until the model is ported
"""
# The extension computes with the torch that it was built against.
_CHECK = """\
import einops, torch, torch_spline_conv
ones, size = torch.ones(1, dtype=torch.uint8), torch.tensor([2])
basis = torch_spline_conv.spline_basis(torch.tensor([[0.], [1.]]), size, ones, 1)[0]
print(torch.__version__, einops.__version__, basis.sum(1).tolist())
"""
_NO_NETWORK = """\
import socket
try:
    socket.create_connection(("192.0.2.1", 80), timeout=5)
except OSError as error:
    print(error)
"""


def test_a_day(
    real: RealProject, channel: Channel, torch: str, find_links: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    channel.add("pip", "25.0", depends=["python"])
    manifest = real.root / "environment.yml"
    manifest.write_text(_FIRST.format(channel=channel.url, python=PYTHON, wheels=find_links), encoding="utf-8")
    (real.root / "check.py").write_text(_CHECK, encoding="utf-8")
    version = torch.partition("==")[2]

    # Morning: the project has an environment.yml, and needs torch and an extension of it that is compiled.
    real.interlock("init", "--json").ok()
    real.run("add", "--pypi", torch, "--no-install").ok()
    added = real.run("add", NAME, "--matched").ok()
    assert [(each["name"], each["mode"]) for each in added.json["installed"]["built"]] == [(NAME, "matched")]
    # torch is the one for the CPU: nobody is told about GPUs.
    assert [each for each in added.findings if each["severity"] != "note"] == []
    assert real.interlock("env", "run", "--", "python", "check.py").ok().out.startswith(f"{version} 0.7.")

    # Noon: one package moves, and nothing is compiled again.
    manifest.write_text(manifest.read_text().replace("einops<0.8  # until the model is ported", "einops==0.8.1"))
    (moved,) = real.run("update", "einops").ok().json["environments"]
    assert {each["name"]: each["kind"] for each in moved["changes"]} == {"einops": "upgraded"}
    printed = f"{version} 0.8.1 [1.0, 1.0]\n"
    assert real.interlock("env", "run", "--", "python", "check.py").ok().out == printed

    # Afternoon: other tools get the same. What they cannot be told is how to build the extension: beside torch.
    for name, file in (("pylock", "pylock.toml"), ("requirements", "requirements.txt"), ("pixi-lock", "pixi.lock")):
        said = real.run("export", "--format", name, "-o", file, "--locked").ok().findings
        assert [each["code"] for each in said] == ["IL641"]
    versions = {package["name"]: package["version"] for package in real.run("list").ok().json["packages"]}
    pypi = {name: versions[name] for name in ("einops", "torch", NAME)}
    for file in ("pylock.toml", "requirements.txt"):
        # As IL641 says: torch first, then the file. uv compiles the extension for each, since one names its address.
        venv = UvVenv(
            tmp_path / file, real.root, real.variables(), str(real.root / ".interlock/envs/default/bin/python")
        )
        venv.install(torch, "--find-links", str(find_links))
        found = venv.install("--no-deps", "--no-build-isolation-package", NAME, "-r", file)
        assert {name: found[name] for name in pypi} == pypi
        assert _printed([str(venv.python), "check.py"], real.root) == printed
    linked = linked_by_rattler(real.root / "pixi.lock", tmp_path / "rattler" / "prefix")
    assert linked == {name: versions[name] for name in ("python", "pip")}

    # Evening: to a machine without a network, without Interlock, without the project.
    real.run("pack", "-o", "graphs.tar.gz").ok()
    target = tmp_path / "cluster"
    with tarfile.open(real.root / "graphs.tar.gz") as archive:
        archive.extractall(target, filter="fully_trusted")
    real.root.rename(tmp_path / "gone")
    (target / "check.py").write_text(_CHECK + _NO_NETWORK, encoding="utf-8")
    script = ". bin/activate && conda-unpack && python check.py"
    assert (
        _printed([*_without_network(), "bash", "-c", script], target)
        == printed + "[Errno 101] Network is unreachable\n"
    )


def _printed(command: list[str], cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _without_network() -> list[str]:
    """What runs a program without any network but loopback, where the system lets an ordinary user do that."""
    command = ["unshare", "--user", "--map-root-user", "--net"]
    try:
        subprocess.run([*command, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("the system allows no network namespaces: the packed environment was not run")
    return command
