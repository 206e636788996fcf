"""What is known of a project: from a real lock file, and from the state of a prefix that may be anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from interlock.lock.model import Lock
from interlock.lock.writer import write
from interlock.project.opening import open_project
from interlock.project.overview import Overview, Part, overview
from interlock_hooks.types import Artifact, BuildMode, LockedEnvironment, PyPIPackage
from kit.locked import CHANNEL, INDEX, locked, plan, record, sdist, wheel

MANIFEST = """\
[project]
name = "p"
dependencies = ["ext"]

[tool.pixi.workspace]
channels = ["conda-forge"]
platforms = ["linux-64"]

[tool.pixi.dependencies]
python = "*"
"""
EXT, TORCH, TOOL = sdist("ext 1.0", "torch"), wheel("torch 2.6"), wheel("setuptools 80")


def environment(*more: PyPIPackage, imports: list[str] | None = None) -> LockedEnvironment:
    """``ext`` is matched to torch, which is from PyPI; numpy is from conda."""
    planned = plan(
        EXT, BuildMode.MATCHED, needs=["setuptools"], matched=["torch"], overlay=[TORCH, TOOL], imports=imports
    )
    return locked(
        replace(record("python 3.12.7"), size=1000),
        record("numpy 2.1"),
        pypi=(EXT, TORCH, *more),
        provides={"numpy 2.1": "numpy"},
        plans=[planned],
    )


@pytest.fixture
def look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Overview]:
    """Locks environments, leaves a state in the prefix, and looks at the project."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text(MANIFEST)

    def made(*environments: LockedEnvironment, state: Any = None) -> Overview:
        lock = Lock()
        for each in environments:
            lock = lock.with_environment(each, digest="0" * 64)
        write(tmp_path / "interlock.lock", lock, root=tmp_path)
        project = open_project(None)
        if state is not None:
            meta = project.layout.prefix("default") / "conda-meta"
            meta.mkdir(parents=True)
            (meta / "interlock").write_text(json.dumps({"schema": 1, "report": state}))
        return overview(project, "default")

    return made


def test_what_is_planned_until_a_build_was_seen(look: Callable[..., Overview]) -> None:
    (ext,) = look(environment()).builds
    assert (ext.against, ext.tools, ext.seen) == ((("torch 2.6", "pypi"),), ("setuptools 80",), False)
    assert (ext.seconds, ext.compilers) == (None, ())


DONE = {"name": "ext", "version": "1.0", "mode": "matched", "seconds": 9.0, "toolchain": {"nvcc": "/n", "cc": "/c"}}


def test_what_a_build_used_and_took(look: Callable[..., Overview]) -> None:
    seen = environment(imports=["numpy", "setuptools", "torch"])
    (ext,) = look(seen, state={"built": [DONE]}).builds
    assert (ext.against, ext.seen) == ((("numpy 2.1", "conda"), ("torch 2.6", "pypi")), True)
    assert ext.tools == ("setuptools 80",)
    assert (ext.seconds, ext.from_store, ext.compilers) == (9.0, False, (("cc", "/c"), ("nvcc", "/n")))


@pytest.mark.parametrize(
    "done",
    [
        # The lock has moved on since.
        DONE | {"version": "0.9"},
        DONE | {"mode": "isolated"},
        DONE | {"name": "other"},
    ],
)
def test_the_build_of_another_plan_says_nothing(look: Callable[..., Overview], done: dict[str, Any]) -> None:
    (ext,) = look(environment(), state={"built": [done]}).builds
    assert (ext.seconds, ext.compilers) == (None, ())


def test_parts_name_where_they_come_from_without_secrets(look: Callable[..., Overview]) -> None:
    private = replace(wheel("a 1"), index="https://me:secret@index.example/simple")
    artifact = Artifact(kind="wheel", url="https://files.example/x/y/b-1-py3-none-any.whl", sha256="0" * 64, size=5)
    public = replace(wheel("b 1"), index=None, artifact=artifact)
    chosen = look(environment(private, public)).chosen
    assert chosen is not None
    assert chosen.python == "3.12.7"
    parts = {part.name: part for part in chosen.parts}
    assert (
        parts["python"] == Part("python", "3.12.7", "conda", f"{CHANNEL}/", 1000) or parts["python"].source == CHANNEL
    )
    assert (parts["ext"].kind, parts["ext"].source) == ("built", INDEX)
    assert parts["a"].source == "https://index.example/simple"
    assert (parts["b"].source, parts["b"].size) == ("https://files.example", 5)


def test_a_lock_that_is_outdated_or_covers_others_only_is_a_warning(look: Callable[..., Overview]) -> None:
    outdated = look(environment())
    assert [(each.code, each.severity.value) for each in outdated.findings] == [("IL621", "warning")]
    other = look(replace(environment(), name="old"))
    assert [(each.code, each.severity.value) for each in other.findings] == [("IL605", "warning")]
    assert (other.chosen, other.builds, [each.environment for each in other.locked]) == (None, (), ["old"])


def test_without_a_lock_there_is_the_manifest(look: Callable[..., Overview], tmp_path: Path) -> None:
    found = overview(open_project(None), "default")
    assert (found.info.lock.state, found.locked, found.chosen) == ("missing", (), None)
    assert [each.code for each in found.findings] == ["IL605"]
