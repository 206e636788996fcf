"""Whatever a wheel or an sdist contains: it is taken or refused, and nothing is written outside its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from packaging.utils import canonicalize_name

from interlock.audit.unpack import has_libraries
from interlock.builds.run.wheelfile import check_wheel, read_wheel_metadata
from interlock.builds.sources.archive import unpack_archive
from interlock.builds.sources.build_system import read_build_system
from interlock.builds.sources.static.reading import read_static
from interlock.builds.store.links import linked_records, refers_to
from interlock.install.expected import wheel_claim
from interlock_hooks.types import Artifact, InterlockError, PyPIPackage
from kit.fuzzing import no_hang, share, told
from kit.strategies.archives import sdists, wheels

WHEEL = "flash_attn-2.7.4-py3-none-any.whl"
PACKAGE = PyPIPackage(
    name=canonicalize_name("flash-attn"),
    version="2.7.4",
    artifact=Artifact(kind="sdist", url="https://x.example/y.tar.gz"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("archives")


@share(0.05)
@given(wheels())
def test_any_wheel(folder: Path, content: bytes) -> None:
    path = folder / WHEEL
    path.write_bytes(content)
    with no_hang():
        has_libraries(path)
        wheel_claim(path, "lib/site-packages")
        try:
            check_wheel(path, PACKAGE)
            read_wheel_metadata(path, PACKAGE)
        except InterlockError as error:
            told(error, "IL440", "IL441")
        refers_to(path, Path("/prefix"))
        linked_records(path, folder)


@share(0.04)
@given(sdists())
def test_any_sdist(folder: Path, sdist: tuple[str, bytes]) -> None:
    inner = folder / "inner"
    shutil.rmtree(inner, ignore_errors=True)
    inner.mkdir()
    name, content = sdist
    (inner / name).write_bytes(content)
    with no_hang():
        try:
            tree = unpack_archive(inner / name, inner / "target")
            read_static(tree)
            read_build_system(tree)
        except InterlockError as error:
            told(error, "IL403", "IL404", "IL405", "IL406")
    assert {path.name for path in inner.iterdir()} <= {name, "target"}
    assert {path.name for path in folder.iterdir()} <= {"inner", WHEEL}
