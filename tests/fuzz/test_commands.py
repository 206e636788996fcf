"""The command line on any manifest and any lock: a result or findings, in one document, and nothing is half written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.fuzzing import no_hang, share
from kit.strategies.lock_files import lock_files
from kit.strategies.manifests import manifests
from kit.stub_engines import run, stub_engines

MANIFEST = b"""\
[project]
name = "under-test"
dependencies = ["torch", "flask>=3", "numpy>=2; sys_platform == 'linux'"]
[tool.pixi.workspace]
channels = ["https://channels.example/main"]
platforms = ["linux-64"]
[tool.pixi.dependencies]
python = "3.12.*"
numpy = ">=2"
"""
INSPECTING = (
    ("env", "list"),
    ("env", "info"),
    ("env", "tree"),
    ("env", "tree", "--invert"),
    ("env", "why", "numpy"),
    ("env", "why", "torch"),
    ("env", "map", "numpy"),
    ("env", "diff", "old.lock", "interlock.lock"),
    ("env", "lock", "--check"),
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("commands")
    with stub_engines(folder / "cache"):
        project = folder / "project"
        (project / "package").mkdir(parents=True)
        (project / "package" / "pyproject.toml").write_text('[project]\nname = "mylib"\nversion = "1"\n')
        yield project


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def survives(root: Path, *command: str) -> None:
    before = contents(root)
    with no_hang():
        outcome = run(*command, "--json", cwd=root)
    document = outcome.document
    assert outcome.code in (0, 1, 2, 3, 4), outcome
    assert document["ok"] == (outcome.code == 0), outcome
    assert document["command"] == " ".join(command[:2]), outcome
    for finding in document["findings"]:
        assert finding["code"] not in ("IL999", "IL805"), finding
        assert finding["what"], outcome
    if outcome.code:
        assert document["findings"], outcome
        assert contents(root) == before


def clear(root: Path, **files: bytes) -> None:
    for name in ("pixi.toml", "pyproject.toml", "interlock.lock", "old.lock"):
        (root / name).unlink(missing_ok=True)
    for name, content in files.items():
        (root / name).write_bytes(content)


@share(0.05)
@given(manifests)
def test_locking_any_manifest(root: Path, manifest: tuple[str, bytes]) -> None:
    name, content = manifest
    clear(root, **{name: content})
    survives(root, "env", "lock")


@share(0.04)
@given(st.just(("pyproject.toml", MANIFEST)) | manifests, lock_files, lock_files, st.sampled_from(INSPECTING))
def test_inspecting_any_lock(
    root: Path, manifest: tuple[str, bytes], lock: bytes, old: bytes, command: tuple[str, ...]
) -> None:
    name, content = manifest
    clear(root, **{name: content, "interlock.lock": lock, "old.lock": old})
    survives(root, *command)
