"""The kit's sdists, built by a front end that is not ours."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pyproject_hooks import BackendUnavailable, BuildBackendHookCaller, HookMissing

from interlock_hooks.testing.index import Index
from interlock_hooks.testing.sdists import Backend, Source
from kit.miniatures import add_flash_attn, add_torch


def unpacked(sdist: Path, folder: Path) -> Path:
    with tarfile.open(sdist) as archive:
        archive.extractall(folder)
    return next(folder.iterdir())


def caller(source: Path) -> BuildBackendHookCaller:
    def quiet(cmd: Any, cwd: str | None = None, extra_environ: Any = None) -> None:
        subprocess.run(cmd, cwd=cwd, env={"PATH": "/usr/bin:/bin", **(extra_environ or {})}, check=True, timeout=60)

    return BuildBackendHookCaller(str(source), "kit_backend", ["."], runner=quiet)


def built(source: Source, tmp_path: Path) -> tuple[str, dict[str, bytes]]:
    tree = unpacked(source.write_sdist(tmp_path), tmp_path / "tree")
    (tmp_path / "out").mkdir()
    name = caller(tree).build_wheel(str(tmp_path / "out"))
    with zipfile.ZipFile(tmp_path / "out" / name) as archive:
        return name, {entry: archive.read(entry) for entry in archive.namelist()}


def test_the_backend_builds_what_it_was_given(tmp_path: Path) -> None:
    name, files = built(Source(name="My-App", version="1.0", requires=["lib>=2"]), tmp_path)
    assert name == "my_app-1.0-py3-none-any.whl"
    assert b"Requires-Dist: lib>=2" in files["my_app-1.0.dist-info/METADATA"]
    assert files["my_app/__init__.py"] == b'__version__ = "1.0"\n'


def test_a_build_records_what_it_saw(tmp_path: Path) -> None:
    source = Source(name="app", version="1.0", backend=Backend(imports=["json"]))
    _, files = built(source, tmp_path)
    seen = json.loads(files["app/built.json"])
    assert seen["imports"] == {"json": "2.0.9"}
    assert seen["variables"]["PATH"] == "/usr/bin:/bin"
    assert seen["nvcc"] is None


def test_a_backend_can_lie(tmp_path: Path) -> None:
    name, _ = built(Source(name="app", version="1.0", backend=Backend(wheel_name="lite", wheel_version="2")), tmp_path)
    assert name == "lite-2-py3-none-any.whl"


def test_a_backend_can_fail(tmp_path: Path) -> None:
    source = Source(name="app", version="1.0", backend=Backend.failing("no"))
    with pytest.raises(subprocess.CalledProcessError):
        built(source, tmp_path)


def test_metadata_can_follow_what_is_installed(tmp_path: Path) -> None:
    code = "import pluggy; config['requires'] = ['pluggy==' + pluggy.__version__]"
    source = Source(name="app", version="1.0", dynamic=True, backend=Backend(on_metadata=code))
    tree = unpacked(source.write_sdist(tmp_path), tmp_path / "tree")
    folder = caller(tree).prepare_metadata_for_build_wheel(str(tmp_path), _allow_fallback=False)
    assert "Requires-Dist: pluggy==" in (tmp_path / folder / "METADATA").read_text()


def test_a_backend_may_not_prepare_metadata(tmp_path: Path) -> None:
    source = Source(name="app", version="1.0", backend=Backend(prepares_metadata=False))
    with pytest.raises(HookMissing):
        caller(source.write_tree(tmp_path / "tree")).prepare_metadata_for_build_wheel(
            str(tmp_path), _allow_fallback=False
        )


def test_a_tree_without_a_pyproject_has_no_backend(tmp_path: Path) -> None:
    tree = Source(name="app", version="1.0", setup_py="", pyproject="").write_tree(tmp_path / "tree")
    with pytest.raises(BackendUnavailable):
        caller(tree).build_wheel(str(tmp_path))


@pytest.mark.parametrize("dynamic", [False, True])
def test_only_static_sdists_tell_their_dependencies(tmp_path: Path, dynamic: bool) -> None:
    source = Source(name="app", version="1.0", requires=["lib"], dynamic=dynamic)
    tree = unpacked(source.write_sdist(tmp_path), tmp_path / "tree")
    info = (tree / "PKG-INFO").read_text()
    assert ("Requires-Dist: lib" in info) is not dynamic
    assert ("Dynamic: Requires-Dist" in info) is dynamic


def test_miniature_flash_attn_cannot_be_built_without_torch(tmp_path: Path) -> None:
    index = Index(tmp_path / "index")
    add_torch(index, "2.6.0")
    add_flash_attn(index, "2.7.4")
    tree = unpacked(index.folder / "flash_attn-2.7.4.tar.gz", tmp_path / "tree")
    command = [sys.executable, "setup.py", "--version"]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert "No module named 'torch'" in done.stderr
