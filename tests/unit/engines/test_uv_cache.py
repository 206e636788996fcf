"""What uv's cache lacks, in the words of the real uv."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from interlock.engines.uv import create_venv, install_packages
from interlock.engines.uv_ahead import fetch_wheels
from interlock.engines.uv_cache import not_in_cache
from interlock_hooks.testing.server import serve
from interlock_hooks.testing.wheels import package_of, write_wheel
from interlock_hooks.types import InterlockError

# Another one than that which runs the tests.
OTHER = "3.13.1"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path / "cache"))


def test_all_wheels_that_are_not_there_and_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "wheels"
    folder.mkdir()
    tags = {"any": "py3-none-any", "dotted.name": "py3-none-any", "other": "cp313-cp313-manylinux_2_17_x86_64"}
    with serve(folder) as index:
        files = [write_wheel(folder, name, "1.0", tag=tag) for name, tag in tags.items()]
        locked = [package_of(file, index.file(file.name)) for file in files]
        local = package_of(write_wheel(folder, "local", "1.0"), (folder / "local-1.0-py3-none-any.whl").as_uri())
        # Where an index states no hash, an install may still find what an earlier one has fetched.
        bare = write_wheel(folder, "bare", "1.0")
        hashed = package_of(bare, index.file(bare.name))
        unhashed = replace(hashed, artifact=replace(hashed.artifact, sha256=None))
        every = [*locked, unhashed, local]
        assert not_in_cache(every, python=OTHER, root=tmp_path) == [*locked, unhashed]
        assert index.requests == []
        fetch_wheels(locked[::2], python=OTHER, root=tmp_path)
        assert not_in_cache(every, python=OTHER, root=tmp_path) == [locked[1], unhashed]
        fetch_wheels([unhashed], python=OTHER, root=tmp_path)
    assert not_in_cache(every, python=OTHER, root=tmp_path) == [locked[1]]
    monkeypatch.setenv("INTERLOCK_OFFLINE", "1")
    python = create_venv(Path(sys.executable), tmp_path / "venv", system_site_packages=False)
    install_packages(python, [locked[0], unhashed, local], root=tmp_path)
    with pytest.raises(InterlockError) as refused:
        install_packages(python, locked[1:2], root=tmp_path)
    (finding,) = refused.value.findings
    assert (finding.code, [each.url for each in finding.missing]) == ("IL650", [locked[1].artifact.url])
