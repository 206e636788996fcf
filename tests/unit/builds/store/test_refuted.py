from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from interlock.builds.store.refuted import Refuted, find_refuted, remember_refuted
from interlock_hooks.types import Metadata, PythonTarget
from kit.locked import sdist

PACKAGE = sdist("demo 1.0")
PYTHON = PythonTarget(version="3.12.7", platform="linux-64")
SAID = Metadata(name=PACKAGE.name, version="1.0", requires_dist=("numpy<2",), requires_python=">=3.9", origin="backend")
BUILT = replace(SAID, origin="build")


def test_every_origin_that_was_wrong_is_kept_with_the_last_wheel(tmp_path: Path) -> None:
    assert find_refuted(PACKAGE.artifact, PYTHON, tmp_path) == Refuted()
    remember_refuted(PACKAGE.artifact, PYTHON, tmp_path, "static", replace(SAID, requires_dist=()))
    remember_refuted(PACKAGE.artifact, PYTHON, tmp_path, "backend", SAID)
    remember_refuted(PACKAGE.artifact, PYTHON, tmp_path, "build", SAID)
    found = find_refuted(PACKAGE.artifact, replace(PYTHON, version="3.12.9"), tmp_path)
    assert found == Refuted(origins=frozenset({"static", "backend"}), metadata=BUILT)


def test_another_source_interpreter_or_platform_is_another_question(tmp_path: Path) -> None:
    remember_refuted(PACKAGE.artifact, PYTHON, tmp_path, "static", SAID)
    other = replace(PACKAGE.artifact, sha256="1" * 64)
    assert find_refuted(other, PYTHON, tmp_path) == Refuted()
    for python in (replace(PYTHON, version="3.13.0"), replace(PYTHON, platform="osx-arm64")):
        assert find_refuted(PACKAGE.artifact, python, tmp_path) == Refuted()


@pytest.mark.parametrize("text", ["", "[]", '{"origins": ["static"], "metadata": {"name": 1}}', "{" * 5000])
def test_a_damaged_record_says_nothing(tmp_path: Path, text: str) -> None:
    remember_refuted(PACKAGE.artifact, PYTHON, tmp_path, "static", SAID)
    (file,) = (tmp_path / "cache" / "refuted-metadata").iterdir()
    file.write_text(text)
    assert find_refuted(PACKAGE.artifact, PYTHON, tmp_path) == Refuted()


def test_which_locks_are_known_to_be_wrong() -> None:
    known = Refuted(origins=frozenset({"static", "sdist"}), metadata=BUILT)
    assert known.contradicts(replace(SAID, origin="static"))
    assert known.contradicts(None)
    assert known.contradicts(replace(SAID, origin="pkg-info"))
    assert not known.contradicts(SAID)
    assert not known.contradicts(replace(SAID, origin="manifest"))
    assert not known.contradicts(replace(BUILT, version="1.0.0", refuted=("static",)))
    assert known.contradicts(replace(BUILT, requires_dist=()))
    assert not Refuted().contradicts(None)
    assert not Refuted().contradicts(BUILT)
