"""Wheels come into uv's cache without an interpreter that they are for."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from interlock.core.activity import telling
from interlock.engines.python.distributions import record_digest
from interlock.engines.uv import create_venv, install_packages
from interlock.engines.uv_ahead import fetch_wheels
from interlock.engines.wheel_files import WheelFiles, recall_wheel, unseen_wheels
from interlock_hooks.testing.server import Served, serve
from interlock_hooks.testing.wheels import package_of, write_wheel
from interlock_hooks.types import InterlockError, PyPIPackage
from kit.misbehaving import Fault, serve_badly

# Another one than that which runs the tests.
OTHER = "3.13.1"
LINUX = "manylinux_2_17_x86_64"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "temporary").mkdir()
    return tmp_path / "uv"


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    return folder


def served_package(wheels: Path, index: Served, name: str, tag: str = "py3-none-any") -> PyPIPackage:
    file = write_wheel(wheels, name, "1.0", tag=tag)
    return package_of(file, index.file(file.name))


def sha(text: str) -> str:
    return record_digest(hashlib.sha256(text.encode()).digest())


def test_what_was_fetched_is_installed_without_a_server(wheels: Path, tmp_path: Path) -> None:
    with serve(wheels) as index:
        # The second one is for the other interpreter alone.
        locked = [
            served_package(wheels, index, "any"),
            served_package(wheels, index, "cpython", f"cp313-cp313-{LINUX}"),
        ]
        assert fetch_wheels(locked, python=OTHER, root=tmp_path)
        assert fetch_wheels(locked, python=OTHER, root=tmp_path)
        assert sorted(Path(path).name for path in index.requests) == sorted(
            str(package.artifact.filename) for package in locked
        )
    python = create_venv(Path(sys.executable), tmp_path / "venv", system_site_packages=False)
    install_packages(python, locked[:1], root=tmp_path)
    left = [path for name in ("pylock.toml", "prefix") for path in (tmp_path / "temporary").rglob(name)]
    assert left == []


@pytest.mark.parametrize(("change", "code"), [("content", "IL501"), ("gone", "IL392")])
def test_a_file_that_cannot_be_had_is_an_error(wheels: Path, tmp_path: Path, change: str, code: str) -> None:
    told: list[str] = []
    with serve(wheels) as index, telling(told.append):
        locked = served_package(wheels, index, "app")
        file = wheels / str(locked.artifact.filename)
        if change == "gone":
            file.unlink()
        else:
            write_wheel(wheels, "app", "1.0", modules={"app.py": "evil = True\n"})
        with pytest.raises(InterlockError) as error:
            fetch_wheels([locked], python=OTHER, root=tmp_path)
    assert [finding.code for finding in error.value.findings] == [code]
    assert told[-1] == ""


def test_what_arrives_damaged_once_is_fetched_again(wheels: Path, tmp_path: Path) -> None:
    file = write_wheel(wheels, "app", "1.0", modules={"app.py": "text = 'long enough'\n" * 100})
    with serve_badly(tmp_path, wheels) as server:
        server.fail(file.name, Fault.WRONG, times=1)
        locked = package_of(file, server.index.replace("/simple/", f"/files/{file.name}"))
        assert fetch_wheels([locked], python=OTHER, root=tmp_path)
        assert server.asked(file.name) == 2


def test_what_is_in_a_wheel_is_seen_once(wheels: Path, tmp_path: Path) -> None:
    modules = {
        "one.py": "code",
        "one-1.0.data/purelib/pure.py": "code",
        "one-1.0.data/data/share/x": "data",
        "one-1.0.data/data/bin/raw": "raw",
        "one-1.0.data/scripts/shell": "#!/bin/sh\n",
        # What becomes of it depends on the interpreter.
        "one-1.0.data/scripts/script": "#!python\n",
    }
    with serve(wheels) as index:
        files = [
            write_wheel(wheels, "one", "1.0", modules=modules, scripts={"tool": "one:main"}),
            # Its command lies over the one of that name, or below it.
            write_wheel(wheels, "two", "1.0", modules={"two.py": "code"}, scripts={"tool": "two:main"}),
        ]
        locked = [package_of(file, index.file(file.name)) for file in files]
        assert fetch_wheels(locked[:1], python=OTHER, root=tmp_path)
        assert unseen_wheels(locked) == locked[1:]
        assert fetch_wheels(locked, python=OTHER, root=tmp_path)
    assert unseen_wheels(locked) == []
    code = sha("code")
    assert list(map(recall_wheel, locked)) == [
        WheelFiles(
            {"one.py": code, "pure.py": code},
            {
                "bin/raw": sha("raw"),
                "bin/shell": sha("#!/bin/sh\n"),
                "bin/tool": "entry-point=one:main",
                "share/x": sha("data"),
            },
        ),
        WheelFiles({"two.py": code}, {"bin/tool": "entry-point=two:main"}),
    ]


def test_what_does_not_fit_is_left_to_the_install(wheels: Path, tmp_path: Path) -> None:
    with serve(wheels) as index:
        locked = served_package(wheels, index, "app", f"cp312-cp312-{LINUX}")
        assert not fetch_wheels([locked], python=OTHER, root=tmp_path)
        assert not fetch_wheels([replace(locked, version="2.0")], python="no version", root=tmp_path)
    assert index.requests == []
