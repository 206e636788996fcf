from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from interlock.resolve.uv.metadata_stub import stub_key, stub_python
from interlock.resolve.uv.metadata_stub_backend import REFUSAL, REQUEST, MetadataStub, identify
from interlock_hooks.types import UNKNOWN_VERSION

HOOK = """
import {module} as found
backend = found{path}
print(backend.prepare_metadata_for_build_wheel({target!r}, {{"interlock-name": "given"}}))
print(hasattr(backend, "build_wheel"), hasattr(backend, "get_requires_for_build_wheel"))
"""


@pytest.mark.parametrize(
    ("module", "path"),
    [("setuptools.build_meta", ""), ("setuptools.build_meta", ".__legacy__"), ("in_tree", ".nested.object")],
)
def test_every_backend_is_the_stub(tmp_path: Path, module: str, path: str) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "in_tree.py").write_text("raise SystemExit('a backend ran')")
    code = HOOK.format(module=module, path=path, target=str(tmp_path))
    done = subprocess.run([stub_python(), "-c", code], cwd=tree, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[0] == "given-0+assumed.dist-info"
    text = (tmp_path / "given-0+assumed.dist-info" / "METADATA").read_text()
    assert "Name: given" in text
    assert "Requires-Dist: interlock-assumed-metadata" in text


def test_nothing_can_be_built_with_it() -> None:
    for hook in ("build_wheel", "build_editable", "build_sdist", "get_requires_for_build_wheel"):
        assert not hasattr(MetadataStub(), hook)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="reads no TOML, and so knows no name")
def test_it_never_answers_for_the_request_itself(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f'[project]\nname = "{REQUEST}"\nversion = "0"\n')
    with pytest.raises(SystemExit, match=REFUSAL):
        identify(tmp_path, None)


def test_an_isolated_interpreter_sees_the_truth() -> None:
    done = subprocess.run([stub_python(), "-I", "-c", "import nonsuch"], check=False, capture_output=True)
    assert done.returncode == 1


@pytest.mark.parametrize("free_threaded", [True, False])
def test_what_uv_learns_of_the_abi(free_threaded: bool) -> None:
    python = stub_python(free_threaded=free_threaded)
    code = "import sysconfig; print(sysconfig.get_config_var('Py_GIL_DISABLED'))"
    done = subprocess.run([python, "-I", "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == str(int(free_threaded))


def test_the_interpreter_is_made_once_and_mended() -> None:
    python = stub_python()
    assert stub_key() in str(python)
    made = python.lstat().st_mtime_ns
    assert stub_python().lstat().st_mtime_ns == made
    python.unlink()
    assert stub_python().exists()


def test_identity_from_the_cache_of_uv(tmp_path: Path) -> None:
    tree = tmp_path / "sdists-v11" / "index" / "abc" / "flash-attn" / "2.5.8" / "rev" / "src"
    tree.mkdir(parents=True)
    (tree / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: other\nVersion: 3\n")
    assert identify(tree, None) == ("flash-attn", "2.5.8")
    direct = tmp_path / "sdists-v11" / "path" / "abc" / "rev" / "src"
    direct.mkdir(parents=True)
    assert identify(direct, "given") == ("given", UNKNOWN_VERSION)


def test_identity_from_the_tree(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="name"):
        identify(tmp_path, None)
    (tmp_path / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: thing\nVersion: 3\n\nText\n")
    assert identify(tmp_path, None) == ("thing", "3")
    assert identify(tmp_path, "given") == ("given", "3")
