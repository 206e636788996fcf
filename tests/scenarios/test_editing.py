"""`env add` and `env remove`: manifest, lock and environment change together, or not at all."""

from __future__ import annotations

import pytest

from interlock_hooks.testing.sdists import Backend
from kit.project import Project

pytestmark = pytest.mark.scenario


def test_a_day_of_adding_and_removing(project: Project) -> None:
    manifest, lock = project.root / "pyproject.toml", project.lock_file
    project.channel.add("tool", "1.2.3")
    # As conda-forge has flash-attn: it needs conda's torch, but this project takes torch from PyPI.
    project.channel.add("ext", "9.0", depends=["python", "torch"])
    project.channel.add("torch", "9.0", depends=["python"])
    project.index.wheel("torch", "2.6.0", modules={"torch/__init__.py": "VERSION = '2.6.0'\n"})
    backend = Backend(requires=["torch"], on_build="import torch\nassert torch.VERSION\n")
    project.index.sdist("ext", "1.0", requires=["torch"], backend=backend)
    project.declare("torch")
    asked = manifest.read_text()

    shown = project.run("env", "add", "--dry-run", "tool", "ext", "--json").ok().json
    assert [(each["name"], each["ecosystem"]) for each in shown["added"]] == [("tool", "conda"), ("ext", "pypi")]
    assert "needs torch, which PyPI supplies here" in shown["added"][1]["why"]
    assert manifest.read_text() == asked
    assert not lock.exists()

    added = project.run("env", "add", "tool", "--no-install", "--json").ok().json
    assert [(each["key"], each["new"]) for each in added["written"]] == [("tool.pixi.dependencies.tool", ">=1.2.3,<2")]
    assert added["installed"] is None
    built = project.run("env", "add", "ext", "--matched", "--json").ok().json["installed"]["built"]
    assert [(each["name"], each["mode"]) for each in built] == [("ext", "matched")]
    assert '"ext>=1.0",' in manifest.read_text()
    project.run("env", "install", "--locked", "--json").ok()

    before = manifest.read_bytes(), lock.read_bytes()
    failed = project.run("env", "add", "tool>=3", "--json")
    failed.failed(1, "IL210")
    assert "IL139" in [finding["code"] for finding in failed.findings]
    assert (manifest.read_bytes(), lock.read_bytes()) == before
    project.run("env", "remove", "tol", "--json").failed(2, "IL133")
    project.run("env", "add", "--json").failed(2, "IL131")

    removed = project.run("env", "remove", "torch", "tool", "--json").ok().json
    assert [finding["why"] for finding in removed["findings"] if finding["code"] == "IL137"] == ["ext needs it"]
    assert [change["name"] for change in removed["environments"][0]["changes"]] == ["tool"]
    assert manifest.read_text() == asked.replace('"torch",', '"ext>=1.0",') + (
        '\n[tool.interlock.build.packages.ext]\nmode = "matched"\n'
    )
